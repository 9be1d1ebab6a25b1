#!/bin/sh
# Joins a machine that cloud-init sets up: installs the client from its signed repository, starts it, logs in. Arguments: the URL of a
# track (`https://pkgs.tailscale.com/stable`; empty: the image has the client), the version (empty: the newest), the file of the armored
# key that signs it, the file for apt's form of it, the tags that the node shall have (`tag:a,tag:b`), a file with a secret that is
# removed at the end (may be empty); then the arguments of `tailscale up`, `--`, and those of `tailscale set`.

url=$1 version=$2 key=$3 keyring=$4 tags=$5 secret=$6; shift 6
trap 'if [ -n "$secret" ]; then rm -f "$secret"; fi' EXIT
fail() { echo "pulumi-mesh: $1"; exit 1; }
retry() { # the network may be coming up, and another package manager be at work
  tries=1
  until "$@"; do
    if [ "$tries" -ge 10 ]; then return 1; fi
    sleep 6; tries=$((tries + 1))
  done
}
with_apt() { # repository, suite
  export DEBIAN_FRONTEND=noninteractive
  mkdir -p "${keyring%/*}"
  sed -e '/^-/d' -e '/:/d' -e '/^=/d' "$key" | base64 -d >"$keyring" && chmod 0644 "$keyring" || fail "cannot write $keyring"
  printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$url/$1" "$2" >/etc/apt/sources.list.d/tailscale.list
  retry apt-get -q -y -o APT::Update::Error-Mode=any -o Dir::Etc::sourcelist=sources.list.d/tailscale.list -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 update ||
    fail "cannot read $url/$1"
  set -- apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold ${version:+--allow-downgrades} install "tailscale${version:+=$version}"
  "$@" || { retry apt-get -q -y update; "$@"; } || fail 'cannot install the client' # what it depends on may be in no list yet
}
with_rpm() { # repository, folder of the package manager's repositories, package manager
  mkdir -p /etc/pki/rpm-gpg
  cp "$key" /etc/pki/rpm-gpg/RPM-GPG-KEY-tailscale && chmod 0644 /etc/pki/rpm-gpg/RPM-GPG-KEY-tailscale || fail 'cannot write the key of the repository'
  # shellcheck disable=SC2016 # $basearch is for the package manager
  printf '[tailscale-%s]\nname=Tailscale\nbaseurl=%s/$basearch\nenabled=1\nautorefresh=1\nrepo_gpgcheck=1\ngpgcheck=1\ngpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-tailscale\n' \
    "${url##*/}" "$url/$1" >"$2/tailscale.repo"
  if [ "$3" = zypper ]; then
    rpm --import "$key" && retry zypper --non-interactive install ${version:+--oldpackage} "tailscale${version:+=$version}" || fail 'cannot install the client'
  else
    retry "$3" -y install "tailscale${version:+-$version}" || fail 'cannot install the client'
  fi
}
with_dnf() { if command -v dnf >/dev/null; then with_rpm "$1" /etc/yum.repos.d dnf; else with_rpm "$1" /etc/yum.repos.d yum; fi; }
with_zypper() { with_rpm "$1" /etc/zypp/repos.d zypper; }
install_client() { # as `up` chooses over SSH
  # shellcheck source=/dev/null
  . /etc/os-release
  major=${VERSION_ID%%.*}
  case "$ID" in
    debian | raspbian) with_apt "$ID" "$VERSION_CODENAME" ;;
    ubuntu | pop | neon | tuxedo) with_apt ubuntu "${UBUNTU_CODENAME:-$VERSION_CODENAME}" ;;
    fedora | rocky | almalinux | cloudlinux | alinux) with_dnf fedora ;;
    rhel) with_dnf "rhel/$major" ;;
    centos) with_dnf "centos/$major" ;;
    ol) with_dnf "oracle/$major" ;;
    amzn) with_dnf "amazon-linux/$VERSION_ID" ;;
    opensuse-leap | sles) with_zypper "opensuse/leap/$VERSION_ID" ;;
    opensuse-tumbleweed) with_zypper opensuse/tumbleweed ;;
    *) fail "no package repository of the client is known for $ID: put the client into the image, and set install.method to skip" ;;
  esac
}
client() { # `up` or `set`, with its own arguments: those before the lone `--`, or those behind it
  command=$1 part="up"; shift
  for each in "$@"; do
    shift
    if [ "$each" = -- ] && [ "$part" = up ]; then part="set"; elif [ "$part" = "$command" ]; then set -- "$@" "$each"; fi
  done
  if [ "$command $#" = 'set 0' ]; then return 0; fi
  tailscale "$command" "$@"
}

if [ -n "$url" ]; then install_client; fi
command -v tailscale >/dev/null || fail 'the image has no client'
systemctl enable --now tailscaled || fail 'tailscaled does not start'
retry client up "$@" || fail 'cannot log in'
seen=$(tailscale status --json --peers=false | tr -d ' \t\n')
for tag in $(printf %s "$tags" | tr , ' '); do
  case "$seen" in *"\"$tag\""*) ;; *) fail "the node is in the mesh without $tag: the key that it logged in with does not bring it" ;; esac
done
retry client set "$@" || fail 'cannot set the flags'
echo 'pulumi-mesh: joined'
