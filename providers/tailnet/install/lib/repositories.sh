#!/bin/sh
# Shell functions that take a host's entries of our repository away.
# `drop_repository` removes the repositories that we write, their key, and what was read of them; `bring_back` puts what an
# installation of rpm packages put aside back into its place.

. ./providers/tailnet/install/lib/apt-entries.sh
key_file=/etc/pki/rpm-gpg/RPM-GPG-KEY-tailscale
saved() { ls -d /etc/yum.repos.d/*.pulumi-mesh.save /etc/zypp/repos.d/*.pulumi-mesh.save "$key_file.pulumi-mesh.save" 2>/dev/null; }
drop_saved() { for each in $(saved); do rm -f "$each"; done; }
bring_back() { for each in $(saved); do mv -f "$each" "${each%.pulumi-mesh.save}"; done; }
drop_key() { # out of rpm's own keys: the one whose text has a line of our key file
  line=$(sed -e '/^-/d' -e '/:/d' -e '/^$/d' "$1" | sed -n 3p)
  for entry in $(rpm -q gpg-pubkey --qf '%{NAME}-%{VERSION}-%{RELEASE}\n' 2>/dev/null | grep ^gpg-pubkey-); do
    case "$(rpm -q "$entry" --qf '%{DESCRIPTION}')" in *"${line:-none}"*) rpm -e "$entry" ;; esac
  done
}
repository_files() { # those of dnf and zypper (which names them by their alias) that hold our repository and no other
  for each in /etc/yum.repos.d/tailscale*.repo /etc/zypp/repos.d/tailscale*.repo; do
    case "$(grep -s '^\[' "$each" | sort -u | tr -d '\n')" in '[tailscale-stable]' | '[tailscale-unstable]' | '[tailscale-stable][tailscale-unstable]') echo "$each" ;; esac
  done
}
# shellcheck disable=SC2046 # apt reads no file with a space in its name
named() { grep -hs '^[^#]' $(apt_files) /dev/null | grep -qF "$1"; } # by an entry of apt that is in force
drop_keyrings() { # not one that the host's own entry names: apt would refuse all work for want of it
  archive=/usr/share/keyrings/tailscale-archive-keyring.gpg # of a package that came with the client's
  if [ -e /var/lib/dpkg/info/tailscale-archive-keyring.list ] && ! named "$archive"; then dpkg --purge tailscale-archive-keyring; fi
  for keyring in /usr/share/keyrings/tailscale-*-keyring.gpg; do
    if named "$keyring"; then say "$keyring stays: an entry of apt names it"; else rm -f "$keyring"; fi
  done
}
drop_repository() {
  if have rpm && [ -s "$key_file" ]; then drop_key "$key_file"; fi
  rm -f "$key_file"
  for each in $(repository_files); do rm -f "$each"; done
  url=$(sed -n 's#^deb .*://\([^ ]*\) .*#\1#p' /etc/apt/sources.list.d/tailscale.list 2>/dev/null | tr / _)
  rm -f "/var/lib/apt/lists/${url:-none}"_dists_* /var/cache/apt/archives/tailscale_*.deb /var/cache/apt/archives/tailscale-archive-keyring_*.deb /var/cache/pacman/pkg/tailscale-*
  rm -f /etc/apt/sources.list.d/tailscale.list /etc/apt/sources.list.d/tailscale.sources
  put_back >/dev/null
  drop_keyrings
  rm -rf /var/cache/dnf/tailscale-* /var/cache/libdnf5/tailscale-* /var/cache/tdnf/tailscale-* /var/cache/zypp/*/tailscale-* /var/cache/yum/*/*/tailscale-* /var/lib/yum/repos/*/*/tailscale-*
}
