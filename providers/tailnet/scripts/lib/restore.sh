#!/bin/sh
# Shell function: returns to the profile on the first line of standard input, then restores what the others say (a setting, or
# a command without arguments), one at a time: one that cannot be restored must not keep the others from it.

profile() { tailscale switch --list 2>/dev/null | sed -n 's/^\([^ ]*\) .*\*$/\1/p'; }
restore() {
  read -r former
  [ -z "$former" ] || [ "$(profile)" = "$former" ] || tailscale switch "$former"
  while IFS= read -r line; do
    case "$line" in '') ;; --*) tailscale set "$line" ;; *) tailscale "$line" ;; esac </dev/null
  done
}
