#!/bin/sh
# Shell function: has the init system read /etc/sysctl.d at boot, where it is left to somebody to say so; prints `unread`
# where nothing on the host does.

at_boot() {
  init=$(init_system)
  case "$init" in systemd | none) return ;; esac # the one always does; with the other nothing starts at boot
  for script in /etc/runit/core-services/*sysctl*; do if [ -e "$script" ]; then return; fi; done
  for name in sysctl procps; do
    [ -e "/etc/init.d/$name" ] || continue
    for link in /etc/runlevels/*/"$name" /etc/rcS.d/S*"$name" /etc/rc[2345].d/S*"$name"; do if [ -e "$link" ]; then return; fi; done
    case "$init" in
      openrc) rc-update -q add "$name" boot >/dev/null && return ;;
      *) if have update-rc.d; then update-rc.d "$name" defaults >/dev/null && return
        else ln -s "../init.d/$name" "/etc/rcS.d/S20$name" && return; fi ;;
    esac
  done 2>/dev/null
  echo unread
}
