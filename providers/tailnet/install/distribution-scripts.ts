/** The scripts of the ways that take the distribution's own package: pacman, apk. */
import { INSTALLER } from "./steps";

/**
 * Installs, upgrades or repairs the client with pacman, starts the daemon, then probes. Arguments: the version (empty: the
 * newest), whether the package lists are to be refreshed first (else only when they name no file that is still there),
 * and the version that the newest must not be below.
 */
export const INSTALL_PACMAN = `${INSTALLER}
lock
package=tailscale\${1:+=$1} floor=$3
held=/var/lib/pacman/db.lck
section run
{
  await_cloud_init
  i=0
  while [ -e "$held" ] && [ "$i" -lt 300 ]; do
    case "$(cat /proc/[0-9]*/comm 2>/dev/null)" in *pacman* | *packagekit* | *pamac*) ;; *) rm -f "$held" ;; esac # of a power loss
    if [ "$i" = 0 ] && [ -e "$held" ]; then say 'waiting for another package manager'; fi
    if [ -e "$held" ]; then sleep 1; i=$((i + 1)); fi
  done
  say "installing \${1:-tailscale}"
  for entry in /var/lib/pacman/local/tailscale-[0-9]*; do # of an installation that was cut
    if [ -d "$entry" ] && [ ! -s "$entry/desc" ]; then rm -rf "$entry"; fi
  done
  install() { pacman -S --noconfirm --overwrite '*tailscale*' "$package"; }
  refresh() { say 'refreshing the package lists'; pacman -Sy --noconfirm; } # of another repository it may fail
  if [ -n "$2" ]; then
    refresh
    not_below "$(pacman -Si tailscale | sed -n 's/^Version *: *//p' | head -n 1)" "$floor" || fail
    install || fail
  else
    install || { refresh; install || fail; }
  fi
  drop_ours
  finish start
} 2>&1
`;

/** As INSTALL_PACMAN with apk: from the community repository of the release that the host has. */
export const INSTALL_APK = `${INSTALLER}
lock
repositories=/etc/apk/repositories floor=$3 former=''
give_up() { # the repositories are as they were
  [ -z "$former" ] || printf '%s\\n' "$former" | put "$repositories" 0644
  fail
}
section run
{
  await_cloud_init
  if ! grep -Eq '^(@[a-z]+ )?[^#].*/community/?$' "$repositories"; then
    say 'enabling the community repository'
    community=$(sed -n 's#^\\([^\\#@].*\\)/main/*$#\\1/community#p' "$repositories" | head -n 1)
    if [ -z "$community" ]; then echo "no main repository in $repositories to find the community repository by"; fail; fi
    former=$(cat "$repositories")
    printf '%s\\n' "$former" "$community" | put "$repositories" 0644 || give_up
  fi
  say 'reading the package repository'
  apk --wait 300 --update-cache update # of another repository it may fail; without the option 2.14 keeps its lists for hours
  not_below "$(apk search --exact tailscale | sed -n 's/^tailscale-//p' | sort -V | tail -n 1)" "$floor" || give_up
  say "installing \${1:-tailscale}"
  apk --wait 300 add -u "tailscale\${1:+~$1}" || give_up
  if [ ! -x /usr/bin/tailscale ] || [ ! -x /usr/sbin/tailscaled ]; then apk --wait 300 fix tailscale || give_up; fi
  drop_ours
  finish start
} 2>&1
`;
