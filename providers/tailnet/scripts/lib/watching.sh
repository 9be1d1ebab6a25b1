#!/bin/sh
# Shell functions of the scripts that the handler sees; they expect run-folder.sh.

verdict() { printf '\n#%s:guard\n%s\n' "$0" "$1"; }
size() { wc -c 2>/dev/null <"$dir/out" || echo 0; }
show() { # what the step has printed since
  now=$(size)
  [ "$now" -gt "$seen" ] && tail -c "+$((seen + 1))" "$dir/out" | head -c "$((now - seen))"
  seen=$now
}
watch() { # until the step is done, with a sign of life each second
  i=0
  while [ -d "$dir" ] && [ ! -e "$dir/done" ]; do
    show; printf '#%s.\n' "$0"; sleep 1
    i=$((i + 1))
    # what takes its place keeps a late one from beginning
    if [ "$i" = 20 ] && mkdir "$dir/begun" 2>/dev/null; then rm -rf "$dir"; verdict unbegun; return; fi
  done
  show
  if [ -d "$dir" ]; then verdict done; else verdict lost; fi
}
