#!/bin/sh
# `drop_package` removes the client's package, with its repository, and keeps the client's state; `drop_package purge`
# removes the package's configuration, too.

. ./providers/tailnet/install/lib/repositories.sh
drop_package() {
  case "$(package_facts)" in
    *package=deb*)
      say 'removing the tailscale package'
      DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q -y "${1:-remove}" tailscale ||
        dpkg "--${1:-remove}" --force-remove-reinstreq tailscale ;;
    *package=rpm*) say 'removing the tailscale package'; rpm -e --allmatches tailscale ;;
    *package=pacman*) say 'removing the tailscale package'; pacman -R --noconfirm ${1:+-n} tailscale ;;
    *package=apk*) say 'removing the tailscale package'
      stop_service # apk leaves it running, without its files
      apk --wait 300 del ${1:+--purge} tailscale ;;
  esac
  drop_repository
}
