#!/bin/sh
# Shell functions that have tailscaled run at boot and now, whatever the init system is.
# `prepare_service` makes a network device ready and writes the service where no package brought one; `start_service`
# (`start` or `restart`) enables and starts it; `stop_service` stops it; `drop_service` removes what was written. They
# expect functions.sh. A daemon must not inherit descriptor 9: it would hold the lock of `lock` as long as it lives.

. ./providers/tailnet/scripts/lib/shared-defaults.sh
unit=/etc/systemd/system/tailscaled.service
ours() { grep -q 'pulumi-mesh made this' "$1" 2>/dev/null; }
put() { mkdir -p "${1%/*}" && cat >"$1.new" && chmod "$2" "$1.new" && mv -f "$1.new" "$1"; }
use_tun() { # without a network device: userspace networking, unless the flags choose something else
  has_tun || { modprobe tun 2>/dev/null; has_tun; } && return
  shared_defaults "$init"
  [ -e "$file" ] || printf 'PORT="41641"\n%s=""\n' "$name" | put "$file" 0644
  if grep -q -- '--tun' "$file"; then return; fi
  say 'no network device: userspace networking'
  flags=$(flags_of_others)
  { grep -v "^$name=" "$file"; printf '%s="%s"\n' "$name" "${flags:+$flags }--tun=userspace-networking"; } | put "$file" 0644
}
mend_defaults() { # the official unit does not start without this file
  file=/etc/default/tailscaled
  if [ -e "$file" ] || ! systemctl cat tailscaled 2>/dev/null | grep -q "^EnvironmentFile=$file"; then return; fi
  say "making $file, which the service needs"
  printf 'PORT="41641"\nFLAGS=""\n' | put "$file" 0644
}
prepare_service() {
  init=$(init_system)
  if [ "$init" = systemd ]; then mend_defaults; fi
  use_tun
  case "$init" in
    systemd) return ;;
    openrc | sysvinit) if [ -e "/etc/init.d/$(service_name)" ] && ! ours "/etc/init.d/$(service_name)"; then return; fi ;;
    runit) if [ -e /etc/sv/tailscaled/run ] && ! ours /etc/sv/tailscaled/run; then return; fi ;;
  esac
  put /opt/tailscale/run 0755 <<'END'
. ./providers/tailnet/install/services/run.sh
END
  case "$init" in
    openrc) put /etc/init.d/tailscaled 0755 <<'END'
. ./providers/tailnet/install/services/openrc.sh
END
    ;;
    sysvinit) put /etc/init.d/tailscaled 0755 <<'END'
. ./providers/tailnet/install/services/sysvinit.sh
END
    ;;
    runit) put /etc/sv/tailscaled/run 0755 <<'END'
. ./providers/tailnet/install/services/runit.sh
END
    ;;
  esac
}
enable_sysvinit() {
  if have update-rc.d; then update-rc.d "$1" defaults >/dev/null && update-rc.d "$1" enable
  elif have chkconfig; then chkconfig --add "$1" && chkconfig "$1" on
  else
    for level in 2 3 4 5; do ln -sf "/etc/init.d/$1" "/etc/rc$level.d/S90$1" || return; done
    for level in 0 1 6; do ln -sf "/etc/init.d/$1" "/etc/rc$level.d/K10$1"; done
  fi
}
same_version() { # the daemon that answered `$1` is the one that is installed
  own=$(tailscale version 2>/dev/null | head -n 1)
  case "$(compact "$1")" in '{"Version":"'"$own"[-\"]*) [ -n "$own" ] ;; *) return 1 ;; esac
}
drop_orphan() { # a daemon whose supervisor is dead holds the socket that the new one needs
  case "$(daemon_facts "$init")" in *active=active*) return ;; esac
  for each in $(daemons 'pid mnt'); do kill "$each"; done
  i=0
  while [ -n "$(daemons 'pid mnt')" ] && [ "$i" -lt 20 ]; do sleep 0.5 2>/dev/null || sleep 1; i=$((i + 1)); done
}
set_up() { # by the package, as a rule: to have it done again takes systemd half a second
  is_linked || return 1
  case "$(systemctl show -p ActiveState -p NeedDaemonReload tailscaled | sort | tr '\n' ' ')" in
    'ActiveState=active NeedDaemonReload=no ') return 0 ;; *) return 1 ;;
  esac
}
start_service() { # `answer` is the daemon's status, where nothing had to be done
  name=$(service_name) how=$1 answer=''
  case "$init" in openrc | sysvinit | none) drop_orphan ;; esac
  if [ "$how" = start ]; then
    answer=$(status)
    if [ -n "$answer" ] && ! same_version "$answer"; then how=restart; fi
    if [ "$how $init" = 'start systemd' ] && [ -n "$answer" ] && set_up; then return; fi
    answer=''
  fi
  case "$init" in
    systemd)
      systemctl daemon-reload; systemctl unmask tailscaled
      systemctl reset-failed tailscaled 2>/dev/null
      systemctl enable tailscaled && systemctl "$how" tailscaled ;;
    openrc)
      rc-update -q add "$name" default
      rc-service "$name" status >/dev/null 2>&1 || rc-service "$name" zap
      rc-service "$name" "$how" ;;
    sysvinit) enable_sysvinit "$name" && "/etc/init.d/$name" "$how" ;;
    runit)
      folder=$(service_folder)/tailscaled
      [ -e "$folder/run" ] || ln -sfn /etc/sv/tailscaled "$folder"
      rm -f "$folder/down"; i=0
      until sv "$how" "$folder"; do # runsvdir looks every 5 s; a supervisor that goes away may still be there
        if [ "$i" -ge 30 ]; then return 1; fi
        sleep 0.5 2>/dev/null || sleep 1; i=$((i + 1))
      done ;;
    none) /opt/tailscale/run "$how" ;;
  esac 9>&- </dev/null
}
bring_up() { # as try_up; one that does not start with what we declared for it starts without: that is seen, and mended, in the same run
  if try_up "$1"; then return; fi
  if [ ! -e "$settings_file" ]; then return 1; fi
  say 'starting tailscaled without what is declared for it'
  rm -f "$settings_file"
  try_up restart
}
tell_log() { # what the daemon has printed since it was started
  if [ "$init" = systemd ]; then journalctl -u tailscaled --since "@$since" -n 200 -o cat --no-pager; else tail -c "+$((logged + 1))" /var/log/tailscaled.log | tail -n 200; fi 2>/dev/null | cut -c 1-1000
}
try_up() { # enables and starts the daemon, and says why when it does not answer
  hash -r
  prepare_service
  since=$(date +%s) logged=$(wc -c 2>/dev/null </var/log/tailscaled.log || echo 0)
  start_service "$1"; code=$?
  case "$code $answer" in '0 ' | '0 '*'"NoState"'* | '0 '*'"Starting"'*) await_daemon ;; esac
  if [ "$code" != 0 ] || [ -z "$answer" ]; then
    echo 'tailscaled does not answer:'
    tell_log
    return 1
  fi
}
stop_service() {
  init=$(init_system) name=$(service_name)
  case "$init" in
    systemd) systemctl disable --now tailscaled ;;
    openrc) rc-service "$name" stop; rc-update -q del "$name" ;;
    sysvinit) [ ! -x "/etc/init.d/$name" ] || "/etc/init.d/$name" stop ;;
    runit)
      folder=$(service_folder)/tailscaled
      sv force-stop "$folder"
      if [ -L "$folder" ]; then rm -f "$folder"; sv exit /etc/sv/tailscaled; fi ;;
    none) [ ! -x /opt/tailscale/run ] || /opt/tailscale/run stop ;;
  esac 9>&- </dev/null
}
drop_service() {
  if ours /etc/init.d/tailscaled; then
    if have update-rc.d; then update-rc.d -f tailscaled remove >/dev/null; elif have chkconfig; then chkconfig --del tailscaled; fi
    rm -f /etc/init.d/tailscaled /etc/rc[0-6].d/[SK]*tailscaled
  fi
  if ours /etc/sv/tailscaled/run; then rm -rf /etc/sv/tailscaled; fi
  if ours "$unit"; then rm -f "$unit" /etc/systemd/system/*.wants/tailscaled.service; systemctl daemon-reload; fi
}
