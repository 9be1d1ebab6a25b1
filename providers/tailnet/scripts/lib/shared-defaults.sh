#!/bin/sh
# Shell functions: where others write the flags of tailscaled. `shared_defaults INIT` sets `file`, and `name`, which they call
# them there; then `flags_of_others` prints them.

shared_defaults() {
  file=/etc/default/tailscaled name=FLAGS
  if [ "$1" = openrc ] && [ "$(service_name)" = tailscale ]; then file=/etc/conf.d/tailscale name=TAILSCALED_OPTS; fi
}
flags_of_others() { sed -n "s/^$name=//p" "$file" 2>/dev/null | tail -n 1 | tr -d "\"'"; }
