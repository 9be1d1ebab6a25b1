#!/bin/sh
# Shell functions for the run `$id`: `restore`; `remember`, which has systemd restore at boot what standard input says, until
# `forget`. Other init systems have no place for that which is the same everywhere: nothing is written there.

. ./providers/tailnet/scripts/lib/restore.sh
. ./providers/tailnet/scripts/lib/forget.sh
remember() {
  if [ ! -d /run/systemd/system ]; then return; fi
  list=/var/lib/pulumi-mesh/undo-$id units=/etc/systemd/system name=pulumi-mesh-undo-$id.service
  (umask 077; mkdir -p "${list%/*}" && cat >"$list") && cat >"$list.sh" <<'END' &&
. ./providers/tailnet/scripts/undo-at-boot.sh
END
  printf '[Unit]\nDescription=Undo of a change of the mesh that was not confirmed (pulumi-mesh)\nAfter=tailscaled.service\n[Service]\nType=oneshot\nExecStart=/bin/sh %s\n' "$list.sh" >"$units/$name" &&
    mkdir -p "$units/multi-user.target.wants" && ln -sf "$units/$name" "$units/multi-user.target.wants/$name" &&
    sync "$list" "$list.sh" "$units/$name" # a host that loses its power keeps files, and not what is in them
}
