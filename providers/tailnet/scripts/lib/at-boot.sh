#!/bin/sh
# Shell functions: what a boot makes of our file of sysctl's. `at_boot` has the init system read /etc/sysctl.d at boot, where it is left
# to somebody to say so; prints `unread` where nothing on the host does. `overruling` prints `overruled FILE` where a file that is read
# after ours leaves forwarding off.

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
read_later() { # the files that are read after ours, in that order: by their names, whatever their folders
  folders='/etc/sysctl.d /run/sysctl.d /usr/local/lib/sysctl.d /usr/lib/sysctl.d /lib/sysctl.d'
  # shellcheck disable=SC2086,SC2012 # the folders are words; what is printed is a name a line
  ls $folders 2>/dev/null | sort -u | awk -v "ours=${forwarding_file##*/}" 'after && /\.conf$/; $0 == ours { after = 1 }' | while IFS= read -r name; do
    for folder in $folders; do if [ -e "$folder/$name" ]; then echo "$folder/$name"; break; fi; done # it hides those in the others
  done
  # the others read it last, by itself; systemd only where a link in a folder says so, as Debian's 99-sysctl.conf: by that name
  if [ "$1" != systemd ] && [ -e /etc/sysctl.conf ]; then echo /etc/sysctl.conf; fi
}
overruling() {
  init=$(init_system)
  if [ "$init" = none ]; then return; fi # reads nothing
  read_later "$init" | while IFS= read -r file; do sed "s|^|$file:|" "$file"; done 2>/dev/null | awk '
    { place = $0; sub(/:.*/, "", place); line = substr($0, length(place) + 2); gsub(/[ \t\r]/, "", line)
      key = line; sub(/=.*/, "", key); sub(/^-/, "", key); gsub("/", ".", key) }
    key == "net.ipv4.ip_forward" || key == "net.ipv6.conf.all.forwarding" { off[key] = line ~ /=0$/ ? place : "" }
    END { for (key in off) if (off[key] != "") { print "overruled " off[key]; exit } }'
}
