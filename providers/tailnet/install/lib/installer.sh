#!/bin/sh
# What every script that installs begins with.
# `fail` ends the script with the facts as they are; `finish` starts the daemon first.
# `await_cloud_init` gives cloud-init up to 5 minutes, `await_others` other package managers; apt and apk wait by themselves.

. ./providers/tailnet/scripts/lib/functions.sh
. ./providers/tailnet/install/lib/services.sh
done_with() { section code; echo "$1"; hash -r; probe "${2:-}"; exit 0; }
fail() { full_disks; done_with 1; }
written() { # of df's lines, those of filesystems that are not only read: an image, as the root of an ostree host, has no room by nature
  awk 'NR == FNR { read_only[$2] = $4 ~ /(^|,)ro(,|$)/; next } FNR > 1 && !read_only[$6]' /proc/mounts -
}
full_disks() { # where there is no room for a signature it looks bad, and a list that has no room is not there: few say why
  set -- /tmp /var/tmp /var /var/lib/apt/lists /var/lib/pacman/sync /var/cache/* /usr /opt /etc
  full=$(df -P "$@" 2>/dev/null | written | awk '$4 ~ /^[0-9]+$/ && $4 < 512 && !seen[$6]++ { printf " %s", $6 }')
  out=$(df -Pi "$@" 2>/dev/null | written | awk '$2 > 0 && $4 == "0" && !seen[$6]++ { printf " %s", $6 }') # some count no files
  if [ -n "$full" ]; then echo "E: No space left on device:$full"; fi
  if [ -n "$out" ]; then echo "E: No space left on device, for want of inodes:$out"; fi
}
finish() { if bring_up "$1"; then done_with 0 "$answer"; else done_with 1; fi; }
await_cloud_init() { # what sets up a machine that has just been made installs packages, too
  i=0
  while have cloud-init && [ "$i" -lt 300 ]; do
    case "$(cloud-init status 2>/dev/null)" in *running*) ;; *) return ;; esac
    if [ "$i" = 0 ]; then say 'waiting for cloud-init'; fi
    sleep 1; i=$((i + 1))
  done
}
busy() {
  for file in /var/cache/dnf/*.pid /var/lib/dnf/*.pid /var/run/dnf.pid /var/run/yum.pid /var/run/zypp.pid; do
    if [ -s "$file" ] && kill -0 "$(cat "$file")" 2>/dev/null; then return 0; fi
  done
  return 1
}
await_others() {
  i=0
  if busy; then say 'waiting for another package manager'; fi
  while busy && [ "$i" -lt 300 ]; do sleep 1; i=$((i + 1)); done
}
older() { # whether version $1 is lower than $2
  a=$1. b=$2.
  while [ -n "$a$b" ]; do
    x=${a%%.*} y=${b%%.*} a=${a#*.} b=${b#*.}
    if [ "${x:-0}" -lt "${y:-0}" ]; then return 0; elif [ "${x:-0}" -gt "${y:-0}" ]; then return 1; fi
  done
  return 1
}
not_below() { # the newest version there (empty: unknown), the lowest that will do (empty: any)
  newest=${1#*:} newest=${newest%%[!0-9.]*}
  if [ -z "$newest" ] || [ -z "$2" ] || ! older "$newest" "$2"; then return 0; fi
  echo "the newest version there, $newest, is below $2"
  return 1
}
drop_ours() { # what an unpacked tarball left, now that a package is there
  for link in /usr/local/bin/tailscale /usr/local/sbin/tailscaled; do
    case "$(readlink "$link")" in /opt/tailscale/*) rm -f "$link" ;; esac
  done
  if ours "$unit"; then rm -f "$unit"; fi
  rm -rf /opt/tailscale/[0-9]* /opt/tailscale/.new* /opt/tailscale/installed-by
}
