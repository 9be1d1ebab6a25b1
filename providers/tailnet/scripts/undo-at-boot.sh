#!/bin/sh
# Undoes a change of the mesh that nobody confirmed before the host was restarted (pulumi-mesh): runs at boot, beside its list.

. ./providers/tailnet/scripts/lib/restore.sh
. ./providers/tailnet/scripts/lib/forget.sh
id=${0##*/undo-}; id=${id%.sh}
i=0
until tailscale status --json --peers=false >/dev/null 2>&1 || [ "$i" -ge 60 ]; do sleep 1; i=$((i + 1)); done
restore <"${0%.sh}"
forget
