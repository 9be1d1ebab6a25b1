#!/bin/sh
# `unpack` takes $new/$file of the version $version, checks it against a sha256, and only then puts it in the place of
# what is there. When its daemon does not start, the former version comes back.

. ./providers/tailnet/install/lib/installer.sh
. ./providers/tailnet/install/lib/packages.sh
root=/opt/tailscale new=/opt/tailscale/.new
sum() { if have sha256sum; then sha256sum "$1"; elif have shasum; then shasum -a 256 "$1"; else openssl dgst -sha256 -r "$1"; fi | cut -c 1-64; }
link() { mkdir -p "${1%/*}" && rm -f "$1.new" && ln -s "$2" "$1.new" && mv -f "$1.new" "$1"; }
link_all() { link /usr/local/bin/tailscale "$1/tailscale" && link /usr/local/sbin/tailscaled "$1/tailscaled"; }
keep_package() { # its programs, to go back to when the new daemon does not start: the package itself may be nowhere any more
  if [ ! -x /usr/bin/tailscale ] || [ ! -x /usr/sbin/tailscaled ]; then return; fi
  former=$root/0-package
  mkdir -p "$former" && cp -p /usr/bin/tailscale /usr/sbin/tailscaled "$former" || fail
  label "$former"
}
label() { if have selinuxenabled && selinuxenabled; then chcon -t bin_t "$1/tailscale" "$1/tailscaled"; fi; }
unpack() { # sha256, record
  seen=$(sum "$new/$file")
  if [ "$seen" != "$1" ]; then echo "checksum mismatch: $file has ${seen:-none}, expected is $1"; fail; fi
  mkdir "$new/tree" && tar -xzof "$new/$file" -C "$new/tree" || fail
  tree=$new/tree/${file%.tgz}
  for each in tailscale tailscaled systemd/tailscaled.service; do
    if [ ! -f "$tree/$each" ]; then echo "$file has no $each"; fail; fi
  done
  if ! "$tree/tailscale" version >/dev/null; then echo "$file does not run on this machine ($(uname -m))"; fail; fi
  label "$tree"
  former=$(readlink /usr/local/sbin/tailscaled) former=${former%/*}
  if [ -z "$former" ] && [ -n "$(package_facts)" ]; then keep_package; fi
  drop_package
  if [ -e "$root/$version" ]; then mv "$root/$version" "$new/former" || fail; fi
  mv "$tree" "$root/$version" && link_all "$root/$version" || fail
  [ -e /etc/default/tailscaled ] || printf 'PORT="41641"\nFLAGS=""\n' | put /etc/default/tailscaled 0644
  if [ "$(init_system)" = systemd ] && { [ ! -e "$unit" ] || [ -L "$unit" ] || ours "$unit"; }; then
    { echo '# pulumi-mesh made this'; sed 's#/usr/sbin/tailscaled#/usr/local/sbin/tailscaled#g' "$root/$version/systemd/tailscaled.service"; } | put "$unit" 0644
  fi
  if ! bring_up start; then
    if [ -n "$former" ] && [ "$former" != "$root/$version" ] && [ -x "$former/tailscaled" ]; then
      say 'going back to the former version'
      link_all "$former" && rm -rf "${root:?}/$version"
      bring_up restart
    fi
    fail
  fi
  printf '%s\n' "$2" | put "$root/installed-by" 0644
  for each in "$root"/[0-9]*; do if [ "$each" != "$root/$version" ]; then rm -rf "$each"; fi; done
  done_with 0
}
begin() { rm -rf "$new"; mkdir -p "$new" || fail; trap 'rm -rf "$new"' EXIT; }
