/** How a host takes a change back: when nobody came, and at its boot, when it was restarted before anybody could. */

/**
 * Shell function: returns to the profile on the first line of standard input, then restores what the others say (a setting, or
 * a command without arguments), one at a time: one that cannot be restored must not keep the others from it.
 */
const RESTORE = `
profile() { tailscale switch --list 2>/dev/null | sed -n 's/^\\([^ ]*\\) .*\\*$/\\1/p'; }
restore() {
  read -r former
  [ -z "$former" ] || [ "$(profile)" = "$former" ] || tailscale switch "$former"
  while IFS= read -r line; do
    case "$line" in '') ;; --*) tailscale set "$line" ;; *) tailscale "$line" ;; esac </dev/null
  done
}
`;

/** Shell function: drops what the run `$id` was to have undone at boot. */
export const FORGET = `
forget() {
  list=/var/lib/pulumi-mesh/undo-$id units=/etc/systemd/system name=pulumi-mesh-undo-$id.service
  rm -f "$units/multi-user.target.wants/$name" "$units/$name" "$list" "$list.sh"
  if [ -d "$units" ]; then sync "$units/multi-user.target.wants" "$units"; fi 2>/dev/null # or a loss of power brings it back
}
`;

/** Runs at boot, beside its list. */
const AT_BOOT = `${RESTORE}${FORGET}
id=\${0##*/undo-}; id=\${id%.sh}
i=0
until tailscale status --json --peers=false >/dev/null 2>&1 || [ "$i" -ge 60 ]; do sleep 1; i=$((i + 1)); done
restore <"\${0%.sh}"
forget
`;

/**
 * Shell functions for the run `$id`: `restore`; `remember`, which has systemd restore at boot what standard input says, until
 * `forget`. Other init systems have no place for that which is the same everywhere: nothing is written there.
 */
export const UNDO = `${RESTORE}${FORGET}
remember() {
  if [ ! -d /run/systemd/system ]; then return; fi
  list=/var/lib/pulumi-mesh/undo-$id units=/etc/systemd/system name=pulumi-mesh-undo-$id.service
  (umask 077; mkdir -p "\${list%/*}" && cat >"$list") && cat >"$list.sh" <<'END' &&
${AT_BOOT}
END
  printf '[Unit]\\nDescription=Undo of a change of the mesh that was not confirmed (pulumi-mesh)\\nAfter=tailscaled.service\\n[Service]\\nType=oneshot\\nExecStart=/bin/sh %s\\n' "$list.sh" >"$units/$name" &&
    mkdir -p "$units/multi-user.target.wants" && ln -sf "$units/$name" "$units/multi-user.target.wants/$name" &&
    sync "$list" "$list.sh" "$units/$name" # a host that loses its power keeps files, and not what is in them
}
`;
