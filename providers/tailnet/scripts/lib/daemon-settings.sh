#!/bin/sh
# Shell functions: what tailscaled is started with by us, beside what others wrote. It stands in one file of ours; `reader` is what has
# the service read it. `lacking` prints what of that file the running daemon does not have, a line each: `service` (nothing reads it),
# `others` (the flags of others in it are not theirs any more), `flag --a=b`, `env NAME`, `port 41641` (it has this one), `taken` (it
# listens at another). They expect functions.sh.

. ./providers/tailnet/scripts/lib/settings-back.sh
. ./providers/tailnet/scripts/lib/shared-defaults.sh
runner=/opt/tailscale/run
reader() { # of init system $1; nothing where the service is of a kind that we do not know
  case "$1" in
    systemd) echo "$drop_in"; return ;;
    openrc | sysvinit) script=/etc/init.d/$(service_name) ;;
    runit) script=/etc/sv/tailscaled/run ;;
    *) script=$runner ;;
  esac
  if grep -qs 'pulumi-mesh made this' "$script"; then echo "$runner"
  elif grep -qs /etc/default/tailscaled "$script"; then echo /etc/default/tailscaled
  elif [ "$1" = openrc ]; then echo "/etc/conf.d/$(service_name)"; fi # which OpenRC reads for every service
}
restart_command() { # of init system $1, as a line of shell
  case "$1" in
    systemd) echo 'systemctl daemon-reload; systemctl reset-failed tailscaled; systemctl restart tailscaled' ;;
    openrc) echo "rc-service $(service_name) restart" ;;
    sysvinit) echo "/etc/init.d/$(service_name) restart" ;;
    runit) echo "sv restart $(service_folder)/tailscaled" ;;
    *) echo "$runner restart" ;;
  esac
}
quoted() { printf '"%s"' "$(printf %s "$1" | sed 's/[\\"$`]/\\&/g')"; } # as a shell and systemd read it
merged() { # the flags of others, then ours; a flag that is given twice counts as the last one
  theirs=$(flags_of_others)
  printf %s "${theirs:+$theirs }$1"
}
daemon_pid() { # not of what it started for a session of Tailscale SSH
  for kinds in 'pid mnt' pid; do
    for each in $(daemons "$kinds"); do
      case "$(tr '\000' ' ' <"/proc/$each/cmdline")" in *' be-child '*) ;; *) echo "$each"; return ;; esac
    done
  done 2>/dev/null
}
listens() { # whether the process $1 has the UDP port $2
  # shellcheck disable=SC2012 # links to sockets, whose names are numbers
  sockets=$(ls -l "/proc/$1/fd" 2>/dev/null | sed -n 's/.*socket:\[\([0-9]*\)\]$/\1/p' | tr '\n' ' ')
  awk -v "port=:$(printf %04X "$2")\$" -v "sockets= $sockets" '$2 ~ port && index(sockets, " " $10 " ") { found = 1 } END { exit !found }' "/proc/$1/net/udp"
}
lacking() { # init system
  if [ ! -e "$settings_file" ]; then return; fi
  grep -qsF "$settings_file" "$(reader "$1")" || echo service
  shared_defaults "$1"
  flags=$(sed -n 's/^# flags: //p' "$settings_file")
  if [ -n "$flags" ]; then grep -qxF -e "$name=$(quoted "$(merged "$flags")")" "$settings_file" || echo others; fi
  pid=$(daemon_pid)
  if [ -z "$pid" ]; then return; fi
  words=$(tr '\000' '\n' <"/proc/$pid/cmdline")
  for flag in $flags; do printf '%s\n' "$words" | grep -qxF -e "$flag" || echo "flag $flag"; done
  tr '\000' '\n' <"/proc/$pid/environ" | {
    variables=$(cat)
    sed -n -e "/^$name=/d" -e '/^PORT=/d' -e 's/^\([A-Za-z_][A-Za-z0-9_]*\)="\(.*\)"$/\1=\2/p' "$settings_file" | sed 's/\\\([\\"$`]\)/\1/g' |
      while IFS= read -r line; do printf '%s\n' "$variables" | grep -qxF -e "$line" || echo "env ${line%%=*}"; done
  }
  port=$(sed -n 's/^PORT="\(.*\)"$/\1/p' "$settings_file")
  if [ -z "$port" ]; then return; fi
  actual=$(printf '%s\n' "$words" | sed -n 's/^--*port=//p' | tail -n 1)
  if [ "$actual" != "$port" ]; then echo "port ${actual:-unknown}"
  elif [ "$port" != 0 ] && ! listens "$pid" "$port"; then echo taken; fi
} 2>/dev/null
drop_settings() { # nothing is started with ours any more
  rm -f "$settings_file" "$settings_file.former"
  unread
}
