/** The scripts of the ways that install rpm packages: dnf (and yum, tdnf), zypper. */
import { REPOSITORY_REMOVER } from "./remove";
import { INSTALLER } from "./steps";

/** Has the key and the repository on the host; forgets what was read of the repository with another key. */
const REPOSITORY = `${REPOSITORY_REMOVER}
write_repository() { # file, id, URL, key; what was there is put aside
  repository=$1
  bring_back # what a run that was cut put aside
  for each in $(repository_files) "$repository" "$key_file"; do if [ -e "$each" ]; then cp -p "$each" "$each.pulumi-mesh.save" || { rm -f $(saved); fail; }; fi; done
  drop_repository
  printf '%s\\n' "$4" | put "$key_file" 0644 || give_up
  printf '[%s]\\nname=Tailscale\\nbaseurl=%s/$basearch\\nenabled=1\\nautorefresh=1\\nrepo_gpgcheck=1\\ngpgcheck=1\\ngpgkey=file://%s\\n' "$2" "$3" "$key_file" | put "$repository" 0644 || give_up
}
give_up() { # what was there is as it was; a repository that is there for nothing spoils every later command
  full_disks # before room is made
  if ! have tailscale && cmp -s "$repository" "$repository.pulumi-mesh.save"; then rm -f "$repository.pulumi-mesh.save"; fi # of a run that was cut
  drop_repository
  bring_back
  fail
}
repair() { # a package that an interrupted transaction left twice, or without its files: to be installed anew
  entries=$(rpm -q tailscale 2>/dev/null) || return 0
  case "$entries" in *tailscale-*tailscale-*) ;; *) if [ -x /usr/bin/tailscale ] && [ -x /usr/sbin/tailscaled ]; then return; fi ;; esac
  rpm -e --justdb --noscripts --nodeps --allmatches tailscale
}
`;

/**
 * Installs, upgrades or repairs the client with dnf, yum or tdnf, starts the daemon, then probes. Arguments: the program,
 * the repository's URL (`https://pkgs.tailscale.com/stable/fedora`), its id, the version (empty: the newest), the key,
 * the version that the newest must not be below.
 */
export const INSTALL_DNF = `${INSTALLER}${REPOSITORY}
lock
manager=$1 url=$2 id=$3 version=$4 key=$5 floor=$6
ours_only() { "$manager" -y '--disablerepo=*' "--enablerepo=$id" "--setopt=$id.skip_if_unavailable=0" "$@"; }
section run
{
  await_cloud_init
  await_others
  write_repository /etc/yum.repos.d/tailscale.repo "$id" "$url" "$key"
  say 'reading the package repository'
  ours_only makecache || give_up
  not_below "$(ours_only list available tailscale 2>/dev/null | sed -n 's/^tailscale\\.[^ ]* *\\([0-9.]*\\).*/\\1/p' | tail -n 1)" "$floor" || give_up
  repair
  installed=$(rpm -q --qf '%{VERSION}' tailscale 2>/dev/null) || installed=''
  if [ -z "$installed" ]; then command=install
  elif [ -n "$version" ] && older "$version" "$installed"; then command=downgrade
  else command=upgrade; fi
  say "installing \${version:-tailscale}"
  # what it depends on is there on most hosts: then no other repository has to be in order
  ours_only "$command" "tailscale\${version:+-$version}" || "$manager" -y "$command" "tailscale\${version:+-$version}" || give_up
  rm -f $(saved)
  drop_ours
  finish start
} 2>&1
`;

/** As INSTALL_DNF with zypper; the first argument is not used. */
export const INSTALL_ZYPPER = `${INSTALLER}${REPOSITORY}
lock
url=$2 id=$3 version=$4 key=$5 floor=$6
export ZYPP_LOCK_TIMEOUT=60
section run
{
  await_cloud_init
  await_others
  write_repository /etc/zypp/repos.d/tailscale.repo "$id" "$url" "$key"
  rpm --import "$key_file" || give_up
  say 'reading the package repository'
  zypper --non-interactive refresh --force "$id" || give_up
  not_below "$(zypper --non-interactive --no-refresh info --repo "$id" tailscale | sed -n 's/^Version *: *//p')" "$floor" || give_up
  repair
  say "installing \${version:-tailscale}"
  zypper --non-interactive install \${version:+--oldpackage} "tailscale\${version:+=$version}"
  case $? in 0 | 102 | 103 | 106 | 107) ;; *) give_up ;; esac # the others: a reboot is advised, another repository was skipped, ...
  rm -f $(saved)
  drop_ours
  finish start
} 2>&1
`;
