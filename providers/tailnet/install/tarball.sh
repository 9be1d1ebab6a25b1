#!/bin/sh
# Installs the client from a tarball of static binaries, which the host fetches itself. Arguments: the URL of a track (`https://pkgs.tailscale.com/stable`), the
# architecture as the file name has it, the version (empty: the newest), and one that the newest must not be below.

. ./providers/tailnet/install/lib/unpack.sh
. ./providers/tailnet/install/lib/fetch.sh
lock
url=$1 arch=$2 version=$3 floor=$4
section run
{
  begin
  if [ -z "$version" ]; then
    fetch "$url/?mode=json" "$new/list"
    version=$(tr -d ' \t\r\n' <"$new/list" | sed -n "s/.*\"tailscale_\([0-9.]*\)_$arch\.tgz\".*/\1/p")
    if [ -z "$version" ]; then echo "$url has no tarball for $arch"; fail; fi
    not_below "$version" "$floor" || fail
  fi
  file=tailscale_${version}_$arch.tgz
  say "fetching $file"
  fetch "$url/$file.sha256" "$new/sum"
  fetch "$url/$file" "$new/$file"
  unpack "$(tr -d ' \t\r\n' <"$new/sum" | cut -c 1-64)" 'static tarball'
} 2>&1
