#!/bin/sh
# Shell functions that turn off what else a host's apt knows of our repository, and turn it on again.
# `disable_others URL` turns off; `put_back [FILE...]` turns on again what was turned off in these files, or in all. They print
# which files. A file is changed whole or not at all.

disabled='# disabled by pulumi-mesh, tailscale.list has it: ' # stands before each line that is turned off
apt_files() { ls -d /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null; }
rewrite() { # file, and the command that makes the new one from it; true when they differ
  edited=$1 draft=$1.pulumi-mesh.save; shift # apt reads no file of that name
  if cp -p "$edited" "$draft" && "$@" <"$edited" >"$draft" && ! cmp -s "$edited" "$draft"; then mv -f "$draft" "$edited"; else rm -f "$draft"; return 1; fi
}
# Reads one file of apt's sources, in either format (`$1` is `list` or `sources`), and turns off the entries of the repository
# `$2` (without its scheme) and no others: a mirror of Debian may well be on the same host. A stanza of several addresses stays.
turn_off() {
  awk -v "style=$1" -v "url=$2" -v "mark=$disabled" '
style == "list" { print (/^[ \t]*deb/ && is_ours(address($0)) ? mark : "") $0; next }
/^[ \t]*$/ { end_stanza(); print; next }
{ stanza[++lines] = $0 }
/^#/ { next }
/^[^ \t]/ { inside = /^[Uu][Rr][Ii][Ss]:/ }
inside { sub(/^[^ \t]*:/, ""); addresses = addresses " " $0 }
END { end_stanza() } function end_stanza(  i, n, uris) {
  n = split(addresses, uris, /[ \t]+/)
  for (i = 1; i <= n; i++) if (uris[i] != "" && !is_ours(uris[i])) n = 0
  for (i = 1; i <= lines; i++) print (n && addresses != "" ? mark : "") stanza[i]
  lines = 0; addresses = ""
} function is_ours(uri) {
  sub("^[^:]*://", "", uri); sub("/*$", "", uri)
  return uri == url
} function address(entry) {
  sub(/^[ \t]*deb(-src)?[ \t]+/, "", entry); sub(/^\[[^]]*\][ \t]*/, "", entry); sub(/[ \t].*/, "", entry)
  return entry
}
'
}
disable_others() { # apt refuses all work when two entries of one repository name different keys
  for other in $(apt_files); do
    if [ "$other" = /etc/apt/sources.list.d/tailscale.list ]; then continue; fi
    case "$other" in *.list) style=list ;; *) style=sources ;; esac
    if rewrite "$other" turn_off "$style" "${1#*://}"; then echo "$other"; fi
  done
}
put_back() {
  # shellcheck disable=SC2048 # as apt_files prints them: apt reads no file with a space in its name
  for other in ${*:-$(apt_files)}; do
    if grep -qs "^$disabled" "$other" && rewrite "$other" sed "s/^$disabled//"; then echo "$other"; fi
  done
}
