#!/bin/sh
# Shell function: `gro_at_boot` has the init system switch UDP GRO forwarding on at boot, on the devices of our file; fails where there
# is none that we know. It expects functions.sh and services.sh.

gro_at_boot() {
  put "$gro_file.sh" 0755 <<'END' || return
. ./providers/tailnet/scripts/udp-gro-at-boot.sh
END
  case "$(init_system)" in
    systemd)
      folder=/etc/systemd/system
      printf '[Unit]\nDescription=UDP GRO forwarding for a router of the mesh (pulumi-mesh)\nAfter=network.target network-online.target\n[Service]\nExecStart=/bin/sh %s\n[Install]\nWantedBy=multi-user.target\n' "$gro_file.sh" |
        put "$folder/$gro_service.service" 0644 && mkdir -p "$folder/multi-user.target.wants" &&
        ln -sf "$folder/$gro_service.service" "$folder/multi-user.target.wants/$gro_service.service" ;;
    openrc)
      put "/etc/init.d/$gro_service" 0755 <<'END' && rc-update -q add "$gro_service" default >/dev/null ;;
. ./providers/tailnet/install/services/udp-gro-openrc.sh
END
    sysvinit)
      put "/etc/init.d/$gro_service" 0755 <<'END' && enable_sysvinit "$gro_service" ;;
. ./providers/tailnet/install/services/udp-gro-sysvinit.sh
END
    runit)
      put "/etc/sv/$gro_service/run" 0755 <<'END' && ln -sfn "/etc/sv/$gro_service" "$(service_folder)/$gro_service" ;;
. ./providers/tailnet/install/services/udp-gro-runit.sh
END
    *) return 1 ;;
  esac
}
