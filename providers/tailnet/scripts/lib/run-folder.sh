#!/bin/sh
# Where scripts keep what other runs on the host must see, and other users must not touch. Shell function:
# `run_folder` makes a folder that only its owner (root) gets into, in memory where the host has that, and
# sets `own` to its path: in a folder that others can open, anybody could take the lock (flock asks for no right to write).
# 1: there is one that is not ours alone; 2: none can be made.

run_folder() {
  for own in /run /var/run /var/lib; do if [ -d "$own" ] && [ -w "$own" ]; then break; fi; done
  own=$own/pulumi-mesh
  if [ ! -e "$own" ] && [ ! -L "$own" ]; then (umask 077; mkdir "$own") 2>/dev/null || [ -d "$own" ] || return 2; fi
  # shellcheck disable=SC2012 # one folder, whose name is known; not every host has stat
  ls -ldn "$own" | {
    read -r mode _ owner _
    case "$owner $mode" in "$(id -u) drwx------"*) ;; "$(id -u) d"*) chmod 0700 "$own" ;; *) false ;; esac
  } || return 1
}
