#!/bin/sh
# Shell function: returns to the profile on the first line of standard input, then restores what the others say (a setting, a command
# without arguments, or a script that the step left for it), one at a time: one that cannot be restored must not keep the others from it.

profile() { tailscale switch --list 2>/dev/null | sed -n 's/^\([^ ]*\) .*\*$/\1/p'; }
restore() {
  read -r former
  [ -z "$former" ] || [ "$(profile)" = "$former" ] || tailscale switch "$former"
  while IFS= read -r line; do
    case "$line" in '') ;; --*) tailscale set "$line" ;; /*) [ ! -e "$line" ] || sh "$line" ;; *) tailscale "$line" ;; esac </dev/null
  done
}
