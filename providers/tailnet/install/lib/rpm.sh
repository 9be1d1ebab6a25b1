#!/bin/sh
# Shell functions of the ways that install rpm packages.
# Has the key and the repository on the host; forgets what was read of the repository with another key.

. ./providers/tailnet/install/lib/repositories.sh
write_repository() { # file, id, URL, key; what was there is put aside
  repository=$1
  bring_back # what a run that was cut put aside
  for each in $(repository_files) "$repository" "$key_file"; do if [ -e "$each" ]; then cp -p "$each" "$each.pulumi-mesh.save" || { drop_saved; fail; }; fi; done
  drop_repository
  printf '%s\n' "$4" | put "$key_file" 0644 || give_up
  # shellcheck disable=SC2016 # $basearch is for the package manager
  printf '[%s]\nname=Tailscale\nbaseurl=%s/$basearch\nenabled=1\nautorefresh=1\nrepo_gpgcheck=1\ngpgcheck=1\ngpgkey=file://%s\n' "$2" "$3" "$key_file" | put "$repository" 0644 || give_up
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
