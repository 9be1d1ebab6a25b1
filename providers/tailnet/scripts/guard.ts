/**
 * The scripts for a step that can cut the connection it came on. It runs detached from the connection; unless the handler
 * comes back in time over a connection that is newer than the change, the host restores what it had before; one with
 * systemd does so at its boot, when it is restarted before that. What the step prints is kept in memory (/run), readable by root only, until the handler has read it.
 */
import { RUN_FOLDER } from "./run-folder";
import { FORGET, UNDO } from "./undo";

/**
 * Shell function: runs a script in a session (and, with systemd, a group) of its own, with this one's standard input.
 * Fails, and does nothing, on a host that has no `setsid`: what shares our session can be ended with it.
 */
const DETACH = `
detach() {
  if command -v setsid >/dev/null 2>&1; then leader=setsid
  elif busybox setsid true >/dev/null 2>&1; then leader='busybox setsid'
  else echo 'the host has no setsid' >&2; return 1; fi
  limit=''; if command -v timeout >/dev/null 2>&1; then limit='timeout 10'; fi
  exec 3<&0 </dev/null
  text=$1; shift
  set -- sh -c "$text" "$0" "$@"
  # asked first: one that fails would say so to nobody, and in most cases the session is enough
  if [ -d /run/systemd/system ] && $limit systemd-run --quiet --scope true >/dev/null 2>&1; then
    set -- systemd-run --quiet --scope "$@"
  fi
  $leader "$@" <&3 >/dev/null 2>&1 3<&- &
  exec 3<&-
}
`;

/**
 * Runs in a session of its own: the step, then the wait. Arguments: folder, seconds, what restores (a line each: a setting,
 * or a command without arguments), script, its arguments.
 */
export const KEEPER = `${UNDO}
dir=$1 seconds=$2 restore=$3 script=$4; shift 4
mkdir "$dir/begun" || exit # given up
unset SSH_CLIENT # the client would ask whoever came over the mesh whether to go on, and nobody is there
id=\${dir##*/} before=$(profile)
undo() { printf '%s\\n' "$before" "$restore"; }
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
`;

/** Shell functions of the scripts that the handler sees; they expect RUN_FOLDER. */
const WATCHING = `
verdict() { printf '\\n#%s:guard\\n%s\\n' "$0" "$1"; }
size() { wc -c 2>/dev/null <"$dir/out" || echo 0; }
show() { # what the step has printed since
  now=$(size)
  [ "$now" -gt "$seen" ] && tail -c "+$((seen + 1))" "$dir/out" | head -c "$((now - seen))"
  seen=$now
}
watch() { # until the step is done, with a sign of life each second
  i=0
  while [ -d "$dir" ] && [ ! -e "$dir/done" ]; do
    show; printf '#%s.\\n' "$0"; sleep 1
    i=$((i + 1))
    # what takes its place keeps a late one from beginning
    if [ "$i" = 20 ] && mkdir "$dir/begun" 2>/dev/null; then rm -rf "$dir"; verdict unbegun; return; fi
  done
  show
  if [ -d "$dir" ]; then verdict done; else verdict lost; fi
}
`;

/**
 * Starts the keeper, then prints what the step prints until it is done, and the verdict: `done`; `lost`, when nothing is
 * known of it any more; why it was not begun. Arguments: KEEPER, id of the run, seconds, what restores, script, its
 * arguments. Standard input is the step's.
 */
export const GUARDED = `${RUN_FOLDER}${DETACH}${WATCHING}
keeper=$1 id=$2; shift 2
run_folder && dir=$own/$id && mkdir -m 0700 "$dir" || { verdict unprepared; exit 0; }
detach "$keeper" "$dir" "$@" || { rm -rf "$dir"; verdict undetached; exit 0; }
seen=0
watch
`;

/** As GUARDED after its start, over a new connection: prints only what is new. Argument: id of the run. */
export const WATCH = `${RUN_FOLDER}${WATCHING}
run_folder; dir=$own/$1
seen=$(size)
watch
`;

/**
 * Over a connection that was opened after the change: keeps it, unless it was taken back already; prints which, and what the
 * step printed. Argument: id of the run. A change that is still to come is not kept, whoever asks.
 */
export const CONFIRM = `${RUN_FOLDER}${WATCHING}${FORGET}
run_folder; id=$1 dir=$own/$1
if [ ! -d "$dir" ]; then verdict lost; exit 0; fi
if [ ! -e "$dir/done" ]; then verdict pending; exit 0; fi
if mkdir "$dir/decided" 2>/dev/null; then what=kept; forget
else what=restored; i=0; while [ "$i" -lt 60 ] && [ ! -e "$dir/restored" ]; do sleep 1; i=$((i + 1)); done
fi
cat "$dir/out" 2>/dev/null
verdict "$what"
rm -rf "$dir"
`;

/**
 * For the step after which nobody comes back: returns at once, and starts in 2 s. Arguments: a script, and one more with its
 * arguments, to run after the first. Ends with 1 where the host cannot do that.
 */
export const FAREWELL = `${DETACH}
detach '
  sleep 2
  sh -c "$1" "$0"; shift
  [ "$#" -eq 0 ] && exit
  script=$1; shift
  sh -c "$script" "$0" "$@"
' "$@" || exit 1
`;
