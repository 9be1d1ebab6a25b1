#!/bin/sh
# Waits until the daemon knows its state (at most 10 s), then probes.

. ./providers/tailnet/scripts/lib/functions.sh
await_daemon
probe
