/** Shell functions that take off a host what a way to install brought. */
import { APT_ENTRIES } from "./apt-entries";

/** `drop_repository` removes the repositories that we write, their key, and what was read of them; `bring_back` puts what an
 * installation of rpm packages put aside back into its place. */
export const REPOSITORY_REMOVER = `${APT_ENTRIES}
key_file=/etc/pki/rpm-gpg/RPM-GPG-KEY-tailscale
saved() { ls -d /etc/yum.repos.d/*.pulumi-mesh.save /etc/zypp/repos.d/*.pulumi-mesh.save "$key_file.pulumi-mesh.save" 2>/dev/null; }
bring_back() { for each in $(saved); do mv -f "$each" "\${each%.pulumi-mesh.save}"; done; }
drop_key() { # out of rpm's own keys: the one whose text has a line of our key file
  line=$(sed -e '/^-/d' -e '/:/d' -e '/^$/d' "$1" | sed -n 3p)
  for entry in $(rpm -q gpg-pubkey --qf '%{NAME}-%{VERSION}-%{RELEASE}\\n' 2>/dev/null | grep ^gpg-pubkey-); do
    case "$(rpm -q "$entry" --qf '%{DESCRIPTION}')" in *"\${line:-none}"*) rpm -e "$entry" ;; esac
  done
}
repository_files() { # those of dnf and zypper (which names them by their alias) that hold our repository and no other
  for each in /etc/yum.repos.d/tailscale*.repo /etc/zypp/repos.d/tailscale*.repo; do
    case "$(grep -s '^\\[' "$each" | sort -u | tr -d '\\n')" in '[tailscale-stable]' | '[tailscale-unstable]' | '[tailscale-stable][tailscale-unstable]') echo "$each" ;; esac
  done
}
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
  rm -f "$key_file" $(repository_files)
  url=$(sed -n 's#^deb .*://\\([^ ]*\\) .*#\\1#p' /etc/apt/sources.list.d/tailscale.list 2>/dev/null | tr / _)
  rm -f "/var/lib/apt/lists/\${url:-none}"_dists_* /var/cache/apt/archives/tailscale_*.deb /var/cache/apt/archives/tailscale-archive-keyring_*.deb /var/cache/pacman/pkg/tailscale-*
  rm -f /etc/apt/sources.list.d/tailscale.list /etc/apt/sources.list.d/tailscale.sources
  put_back >/dev/null
  drop_keyrings
  rm -rf /var/cache/dnf/tailscale-* /var/cache/libdnf5/tailscale-* /var/cache/tdnf/tailscale-* /var/cache/zypp/*/tailscale-* /var/cache/yum/*/*/tailscale-* /var/lib/yum/repos/*/*/tailscale-*
}
`;

/**
 * `drop_package` removes the client's package, with its repository, and keeps the client's state; `drop_package purge`
 * removes the package's configuration, too.
 */
export const REMOVERS = `${REPOSITORY_REMOVER}
drop_package() {
  case "$(package_facts)" in
    *package=deb*)
      say 'removing the tailscale package'
      DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q -y "\${1:-remove}" tailscale ||
        dpkg "--\${1:-remove}" --force-remove-reinstreq tailscale ;;
    *package=rpm*) say 'removing the tailscale package'; rpm -e --allmatches tailscale ;;
    *package=pacman*) say 'removing the tailscale package'; pacman -R --noconfirm \${1:+-n} tailscale ;;
    *package=apk*) say 'removing the tailscale package'
      stop_service # apk leaves it running, without its files
      apk --wait 300 del \${1:+--purge} tailscale ;;
  esac
  drop_repository
}
`;
