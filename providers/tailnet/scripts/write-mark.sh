#!/bin/sh
# Writes who holds the host: `$2` is the mark, or empty to take it away. Nothing is written unless the host is still held by `$1` (an id;
# empty: by nobody): another run may have come first. Of the facts it tells those that it is about, with the client's key.

. ./providers/tailnet/scripts/lib/functions.sh
lock
section run
held=$(mark | sed -n 's/^declaration=//p')
if [ "$held" != "$1" ]; then code=2
elif [ -z "$2" ]; then rm -f "$mark_file"; code=$?
else
  umask 077
  { mkdir -p "${mark_file%/*}" && printf '%s\n' "$2" >"$mark_file.new" && mv "$mark_file.new" "$mark_file"; } 2>&1
  code=$?
fi
section code; echo "$code"
section mark; mark
section machine; machine_facts; client_key
section end
