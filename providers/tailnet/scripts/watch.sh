#!/bin/sh
# As guarded.sh after its start, over a new connection: prints only what is new. Argument: id of the run.

. ./providers/tailnet/scripts/lib/run-folder.sh
. ./providers/tailnet/scripts/lib/watching.sh
run_folder; dir=$own/$1
seen=$(size)
watch
