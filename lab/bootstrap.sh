#!/bin/sh
# Makes a clean clone runnable: installs the npm packages and compiles the sources, each only when it is out of date.
set -eu
cd "$(dirname "$0")/.."

# Prints one of the given files that is newer than a mark, or nothing.
newer_than() {
  mark=$1
  shift
  find "$@" -newer "$mark" 2>/dev/null | head -n 1
}

# npm writes this file when an installation is complete.
installed=node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ -n "$(newer_than "$installed" package-lock.json)" ]; then
  echo "installing npm packages (npm ci) ..." >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
fi

# A mark of our own: the compiler keeps its notes also when it failed.
built=dist/.built
sources="*.ts tsconfig*.json package.json config transport providers mesh lab bench"
# shellcheck disable=SC2086 # a list of words is meant
if [ ! -e "$built" ] || [ -n "$(newer_than "$built" $sources)" ]; then
  npm run -s build >&2
  touch "$built"
fi
