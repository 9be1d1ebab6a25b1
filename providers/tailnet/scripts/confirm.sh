#!/bin/sh
# Over a connection that was opened after the change: keeps it, unless it was taken back already; prints which, and what the
# step printed. Argument: id of the run. A change that is still to come is not kept, whoever asks.

. ./providers/tailnet/scripts/lib/run-folder.sh
. ./providers/tailnet/scripts/lib/watching.sh
. ./providers/tailnet/scripts/lib/forget.sh
run_folder; id=$1 dir=$own/$1
if [ ! -d "$dir" ]; then verdict lost; exit 0; fi
if [ ! -e "$dir/done" ]; then verdict pending; exit 0; fi
if mkdir "$dir/decided" 2>/dev/null; then what=kept; forget
else what=restored; i=0; while [ "$i" -lt 60 ] && [ ! -e "$dir/restored" ]; do sleep 1; i=$((i + 1)); done
fi
cat "$dir/out" 2>/dev/null
verdict "$what"
rm -rf "$dir"
