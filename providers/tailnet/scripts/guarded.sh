#!/bin/sh
# Starts the keeper, then prints what the step prints until it is done, and the verdict: `done`; `lost`, when nothing is
# known of it any more; why it was not begun. Arguments: the text of keeper.sh, id of the run, seconds, what restores, script, its
# arguments. Standard input is the step's.

. ./providers/tailnet/scripts/lib/run-folder.sh
. ./providers/tailnet/scripts/lib/detach.sh
. ./providers/tailnet/scripts/lib/watching.sh
keeper=$1 id=$2; shift 2
run_folder && dir=$own/$id && mkdir -m 0700 "$dir" || { verdict unprepared; exit 0; }
detach "$keeper" "$dir" "$@" || { rm -rf "$dir"; verdict undetached; exit 0; }
seen=0
watch
