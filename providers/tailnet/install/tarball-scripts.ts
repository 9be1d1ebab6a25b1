/** The scripts that install the client from a tarball of static binaries: one fetches it, one is sent it. */
import { FETCH } from "./fetch";
import { REMOVERS } from "./remove";
import { INSTALLER } from "./steps";
import { MARK } from "./services";

/**
 * `unpack` takes $new/$file of the version $version, checks it against a sha256, and only then puts it in the place of
 * what is there. When its daemon does not start, the former version comes back.
 */
const UNPACK = `${INSTALLER}${REMOVERS}
root=/opt/tailscale new=/opt/tailscale/.new
sum() { if have sha256sum; then sha256sum "$1"; elif have shasum; then shasum -a 256 "$1"; else openssl dgst -sha256 -r "$1"; fi | cut -c 1-64; }
link() { mkdir -p "\${1%/*}" && rm -f "$1.new" && ln -s "$2" "$1.new" && mv -f "$1.new" "$1"; }
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
  if [ "$seen" != "$1" ]; then echo "checksum mismatch: $file has \${seen:-none}, expected is $1"; fail; fi
  mkdir "$new/tree" && tar -xzof "$new/$file" -C "$new/tree" || fail
  tree=$new/tree/\${file%.tgz}
  for each in tailscale tailscaled systemd/tailscaled.service; do
    if [ ! -f "$tree/$each" ]; then echo "$file has no $each"; fail; fi
  done
  if ! "$tree/tailscale" version >/dev/null; then echo "$file does not run on this machine ($(uname -m))"; fail; fi
  label "$tree"
  former=$(readlink /usr/local/sbin/tailscaled) former=\${former%/*}
  if [ -z "$former" ] && [ -n "$(package_facts)" ]; then keep_package; fi
  drop_package
  if [ -e "$root/$version" ]; then mv "$root/$version" "$new/former" || fail; fi
  mv "$tree" "$root/$version" && link_all "$root/$version" || fail
  [ -e /etc/default/tailscaled ] || printf 'PORT="41641"\\nFLAGS=""\\n' | put /etc/default/tailscaled 0644
  if [ "$(init_system)" = systemd ] && { [ ! -e "$unit" ] || [ -L "$unit" ] || ours "$unit"; }; then
    { echo '# ${MARK}'; sed 's#/usr/sbin/tailscaled#/usr/local/sbin/tailscaled#g' "$root/$version/systemd/tailscaled.service"; } | put "$unit" 0644
  fi
  if ! bring_up start; then
    if [ -n "$former" ] && [ "$former" != "$root/$version" ] && [ -x "$former/tailscaled" ]; then
      say 'going back to the former version'
      link_all "$former" && rm -rf "\${root:?}/$version"
      bring_up restart
    fi
    fail
  fi
  printf '%s\\n' "$2" | put "$root/installed-by" 0644
  for each in "$root"/[0-9]*; do if [ "$each" != "$root/$version" ]; then rm -rf "$each"; fi; done
  done_with 0
}
begin() { rm -rf "$new"; mkdir -p "$new" || fail; trap 'rm -rf "$new"' EXIT; }
`;

/**
 * The host fetches the tarball itself. Arguments: the URL of a track (`https://pkgs.tailscale.com/stable`), the
 * architecture as the file name has it, the version (empty: the newest), and one that the newest must not be below.
 */
export const INSTALL_TARBALL = `${UNPACK}${FETCH}
lock
url=$1 arch=$2 version=$3 floor=$4
section run
{
  begin
  if [ -z "$version" ]; then
    fetch "$url/?mode=json" "$new/list"
    version=$(tr -d ' \\t\\r\\n' <"$new/list" | sed -n "s/.*\\"tailscale_\\([0-9.]*\\)_$arch\\.tgz\\".*/\\1/p")
    if [ -z "$version" ]; then echo "$url has no tarball for $arch"; fail; fi
    not_below "$version" "$floor" || fail
  fi
  file=tailscale_\${version}_$arch.tgz
  say "fetching $file"
  fetch "$url/$file.sha256" "$new/sum"
  fetch "$url/$file" "$new/$file"
  unpack "$(tr -d ' \\t\\r\\n' <"$new/sum" | cut -c 1-64)" 'static tarball'
} 2>&1
`;

/** The tarball is on standard input. Arguments: its file name, its version, its sha256. */
export const INSTALL_PUSHED = `${UNPACK}
lock
file=$1 version=$2
section run
{
  begin
  cat >"$new/$file" || fail
  say "installing $file"
  unpack "$3" 'pushed tarball'
} 2>&1
`;
