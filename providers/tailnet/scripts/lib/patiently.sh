#!/bin/sh
# Shell function: runs a test (`$2`, with its arguments) up to `$1` times, a quarter of a second apart, until it holds.

patiently() {
  tries=$1 i=0; shift
  while [ "$i" -lt "$tries" ] && ! "$@"; do
    sleep 0.25 2>/dev/null || sleep 1
    i=$((i + 1))
  done
}
