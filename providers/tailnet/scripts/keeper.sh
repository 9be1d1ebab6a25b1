#!/bin/sh
# A step that can cut the connection it came on, in a session of its own: the step, then the wait for somebody to come back over a
# connection that is newer than the change; else the host restores what it had before; one with systemd does so at its boot, when it
# is restarted before that. What the step prints is kept in memory (/run), readable by root only, until the handler has read it.
# Arguments: folder, seconds, what restores (a line each: a setting, or a command without arguments), script, its arguments.

. ./providers/tailnet/scripts/lib/undo.sh
dir=$1 seconds=$2 restore=$3 script=$4; shift 4
mkdir "$dir/begun" || exit # given up
unset SSH_CLIENT # the client would ask whoever came over the mesh whether to go on, and nobody is there
id=${dir##*/} before=$(profile)
undo() { printf '%s\n' "$before" "$restore"; }
undo | remember 2>/dev/null
sh -c "$script" "$0" "$@" >"$dir/out" 2>&1
: >"$dir/done"
i=0
while [ "$i" -lt "$seconds" ] && [ ! -d "$dir/decided" ]; do sleep 1; i=$((i + 1)); done
if mkdir "$dir/decided" 2>/dev/null; then
  undo | restore
  forget
  : >"$dir/restored"
fi >/dev/null 2>&1
i=0
while [ "$i" -lt 900 ] && [ -d "$dir" ]; do sleep 1; i=$((i + 1)); done
rm -rf "$dir"
