#!/bin/sh
# Installs the client from a tarball of static binaries that is sent to it. The tarball is on standard input. Arguments: its file name, its version, its sha256.

. ./providers/tailnet/install/lib/unpack.sh
lock
file=$1 version=$2
section run
{
  begin
  cat >"$new/$file" || fail
  say "installing $file"
  unpack "$3" 'pushed tarball'
} 2>&1
