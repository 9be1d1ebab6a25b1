#!/bin/sh
# Shell functions about the file with what tailscaled is started with by us: `have_read` and `unread` have services read it, and no more;
# `settings_back` brings back the one from before the last change, or none. The file that reads it is their argument.

. ./providers/tailnet/scripts/lib/settings-file.sh
drop_in=/etc/systemd/system/tailscaled.service.d/zz-pulumi-mesh.conf # read after all others there
have_read() { # after what others wrote, which stays
  mkdir -p "${1%/*}"
  case "$1" in
    "$drop_in")
      printf '# pulumi-mesh made this\n[Service]\nEnvironmentFile=-%s\n' "$settings_file" >"$1" ;;
    /opt/*) ;; # our runner
    *)
      if grep -qsF "$settings_file" "$1"; then return; fi
      [ -z "$(tail -c 1 "$1" 2>/dev/null)" ] || echo >>"$1" # its last line has no end
      printf 'if [ -r %s ]; then set -a; . %s; set +a; fi # pulumi-mesh made this\n' "$settings_file" "$settings_file" >>"$1" ;;
  esac
}
unread() {
  rm -f "$drop_in"
  rmdir "${drop_in%/*}" 2>/dev/null
  for shared in /etc/default/tailscaled /etc/conf.d/tailscale /etc/conf.d/tailscaled; do
    grep -qsF "$settings_file" "$shared" && cp -p "$shared" "$shared.new" || continue
    grep -vF "$settings_file" "$shared" >"$shared.new"
    mv -f "$shared.new" "$shared"
    if [ ! -s "$shared" ]; then rm -f "$shared"; fi # was made for it
  done
}
settings_back() {
  if [ -e "$settings_file.former" ]; then mv -f "$settings_file.former" "$settings_file" && have_read "$1"
  else rm -f "$settings_file"; unread; fi
}
