/**
 * The scripts for a step that can cut the connection it came on. It runs detached from the connection; unless the handler
 * comes back in time over a new one, the host restores what it had before. What the step prints is kept in memory
 * (/run), readable by root only, until the handler has read it.
 */

/** Shell function: runs a script in a session (and, with systemd, a group) of its own, with this one's standard input. */
const DETACH = `
detach() {
  exec 3<&0
  text=$1; shift
  set -- sh -c "$text" pulumi-mesh "$@"
  if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1; then
    set -- systemd-run --quiet --scope "$@"
  fi
  setsid "$@" <&3 >/dev/null 2>&1 &
  exec 3<&- </dev/null
}
`;

/**
 * Runs in a session of its own: the step, then the wait. Arguments: folder, seconds, settings to restore (a line each),
 * script, its arguments.
 */
export const KEEPER = `
dir=$1 seconds=$2 restore=$3 script=$4; shift 4
profile() { tailscale switch --list 2>/dev/null | sed -n 's/^\\([^ ]*\\) .*\\*$/\\1/p'; }
before=$(profile)
sh -c "$script" pulumi-mesh "$@" >"$dir/out" 2>&1
: >"$dir/done"
i=0
while [ "$i" -lt "$seconds" ] && [ ! -d "$dir/decided" ]; do sleep 1; i=$((i + 1)); done
if mkdir "$dir/decided" 2>/dev/null; then
  [ -z "$before" ] || [ "$(profile)" = "$before" ] || tailscale switch "$before"
  # one at a time: one that cannot be restored must not keep the others from it
  printf '%s\\n' "$restore" | while IFS= read -r setting; do [ -z "$setting" ] || tailscale set "$setting"; done
  : >"$dir/restored"
fi >/dev/null 2>&1
i=0
while [ "$i" -lt 900 ] && [ -d "$dir" ]; do sleep 1; i=$((i + 1)); done
rm -rf "$dir"
`;

/**
 * Starts the keeper, then prints what the step prints until it is done, with a sign of life (`#.`) each second.
 * Arguments: KEEPER, id of the run, seconds, settings to restore, script, its arguments. Standard input is the step's.
 */
export const GUARDED = `${DETACH}
keeper=$1 dir=/run/pulumi-mesh/$2; shift 2
umask 077
mkdir -p "$dir" || exit 1
detach "$keeper" "$dir" "$@"
seen=0
show() {
  size=$(wc -c 2>/dev/null <"$dir/out") || return 0
  [ "$size" -gt "$seen" ] && tail -c "+$((seen + 1))" "$dir/out" | head -c "$((size - seen))"
  seen=$size
}
while [ -d "$dir" ] && [ ! -e "$dir/done" ]; do show; printf '#.\\n'; sleep 1; done
show
`;

/** Over a new connection: keeps the change, unless it was taken back already; prints which, and what the step printed. */
export const CONFIRM = `
dir=/run/pulumi-mesh/$1
if [ ! -d "$dir" ]; then verdict=lost
elif mkdir "$dir/decided" 2>/dev/null; then verdict=kept
else verdict=restored; i=0; while [ "$i" -lt 60 ] && [ ! -e "$dir/restored" ]; do sleep 1; i=$((i + 1)); done
fi
i=0
while [ "$i" -lt 180 ] && [ -d "$dir" ] && [ ! -e "$dir/done" ]; do sleep 1; i=$((i + 1)); done
cat "$dir/out" 2>/dev/null
printf '\\n#:guard\\n%s\\n' "$verdict"
rm -rf "$dir"
`;

/**
 * For the step after which nobody comes back: returns at once, and starts in 2 s. Arguments: a script, and one more with its
 * arguments, to run after the first.
 */
export const FAREWELL = `${DETACH}
detach '
  sleep 2
  sh -c "$1" pulumi-mesh; shift
  [ "$#" -eq 0 ] && exit
  script=$1; shift
  sh -c "$script" pulumi-mesh "$@"
' "$@"
`;
