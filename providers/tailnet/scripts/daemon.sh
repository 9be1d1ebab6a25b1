#!/bin/sh
# Has tailscaled started with other settings of ours, then probes. Where it does not come back with them it is started with the former
# ones. Arguments: `keep` where a keeper may have to take it back (by the script that is left for it), or empty; flags, as words; each
# variable (`NAME=VALUE`), and of the port `PORT`. Without any after the first: nothing of ours. Exit code: 1: the former settings are
# back, and the section `failed` has what the daemon lacked; 2: they do not work either; 3: nobody knows how the service could read them.

. ./providers/tailnet/scripts/lib/functions.sh
. ./providers/tailnet/scripts/lib/daemon-settings.sh
. ./providers/tailnet/install/lib/services.sh
lock
section run
keep=$1 init=$(init_system) failed=''; shift
undo=/var/lib/pulumi-mesh/undo-daemon.sh reader=$(reader "$init")
keep_former() {
  rm -f "$settings_file.former"
  if [ -e "$settings_file" ]; then cp -p "$settings_file" "$settings_file.former" || return; fi
  put "$undo" 0700 <<'END' || return
. ./providers/tailnet/scripts/lib/settings-back.sh
END
  { echo "settings_back $reader"; restart_command "$init"; echo "rm -f $undo"; } >>"$undo"
  sync "$undo" "$settings_file.former" 2>/dev/null
  return 0
}
write_settings() {
  shared_defaults "$init"
  {
    echo '# pulumi-mesh made this: what tailscaled is started with, as declared; it goes with the declaration.'
    if [ -n "$1" ]; then printf '# flags: %s\n%s=%s\n' "$1" "$name" "$(quoted "$(merged "$1")")"; fi
    shift
    for each in "$@"; do printf '%s=%s\n' "${each%%=*}" "$(quoted "${each#*=}")"; done
  } | put "$settings_file" 0644
}
come_back() {
  try_up restart || return
  if [ -n "$was_running" ] && ! running 40; then failed=node; else failed=$(lacking "$init"); fi
  if [ -n "$failed" ]; then tell_log; return 1; fi
}
change() {
  if [ -z "$reader" ]; then return 3; fi
  was_running=$(case "$(status | tr -d ' \t\n')" in *'"BackendState":"Running"'*) echo yes ;; esac)
  keep_former || return 1
  if [ "$#" -gt 0 ]; then write_settings "$@" && have_read "$reader"; else rm -f "$settings_file"; unread; fi && come_back && return
  say 'starting tailscaled with the former settings'
  settings_back "$reader"
  keep=''
  try_up restart || return 2
  if [ -n "$was_running" ]; then running 40; fi
  return 1
}
change "$@" 2>&1
code=$?
if [ -z "$keep" ]; then rm -f "$undo" "$settings_file.former"; fi
section failed; printf '%s\n' "$failed"
section code; echo "$code"
probe
