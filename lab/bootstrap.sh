#!/bin/sh
# Makes a clean clone runnable: installs the npm packages and compiles the sources, each only when it is out of date.
set -eu
cd "$(dirname "$0")/.."

# Prints what the compiled package can depend on and is newer than a mark: every source but the tests, wherever it is.
changed_since() {
  find . '(' -name node_modules -o -name dist -o -name .git -o -path ./tests ')' -prune -o \
    '(' -name '*.ts' -o -name '*.sh' -o -name 'tsconfig*.json' -o -name package.json ')' -newer "$1" -print
}

# npm writes this file when an installation is complete.
installed=node_modules/.package-lock.json
# shellcheck disable=SC3013 # dash, bash and busybox have -nt
if [ ! -e "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  echo "installing npm packages (npm ci) ..." >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
fi

# A mark of our own: the compiler keeps its notes also when it failed.
built=dist/.built
if [ ! -e "$built" ] || [ -n "$(changed_since "$built")" ]; then
  npm run -s build >&2
  touch "$built"
fi
