#!/bin/sh
# Shell functions by which a host fetches a file over https, and over nothing else: nothing but https vouches for it.
# `fetch URL FILE` says `cannot fetch` and ends the script with `fail` where it cannot.

use_proxy() { # as a login on the host, or its package manager, would; sudo drops the variables
  for name in http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY; do
    eval "value=\${$name:-}"
    [ -n "$value" ] || value=$(sed -n "s/^\(export \)*$name=//p" /etc/environment 2>/dev/null | tail -n 1 | tr -d "\"'")
    [ -z "$value" ] || export "$name=$value"
  done
  if [ -z "$https_proxy$HTTPS_PROXY$all_proxy$ALL_PROXY" ]; then
    https_proxy=$({
      apt-config dump --format '%v%n' Acquire::https::Proxy; apt-config dump --format '%v%n' Acquire::http::Proxy
      sed -n 's/^proxy *= *//p' /etc/dnf/dnf.conf /etc/yum.conf
    } 2>/dev/null | grep -m 1 '^http')
    [ -z "$https_proxy" ] || export https_proxy
  fi
}
fetch() { # in a shell of its own: the daemon does not inherit the proxy
  (use_proxy; fetch_url "$@") || { echo "cannot fetch $1"; fail; }
}
fetch_url() {
  if have curl; then curl -fsSL --proto =https --proto-redir =https --retry 2 --connect-timeout 30 -o "$2" "$1"
  elif have wget; then wget_url "$@"
  else /usr/lib/apt/apt-helper download-file "$1" "$2"; fi # which never leaves https
}
wget_url() { # by itself wget follows a redirect anywhere
  if ! wget --version 2>/dev/null | grep -q GNU; then echo "wget: not GNU's, and follows a redirect to plain http"; return 1; fi
  at=$1 hops=0
  while [ "$hops" -le 5 ]; do
    case "$at" in https://*) ;; *) echo "wget: redirected to $at, which is not https"; return 1 ;; esac
    if said=$(wget -nv -S -T 60 --max-redirect=0 -O "$2" "$at" 2>&1); then return; fi
    next=$(printf '%s\n' "$said" | sed -n 's/^ *[Ll]ocation: *\([^ ]*\).*/\1/p' | tail -n 1 | tr -d '\r')
    case "$next" in
      '') printf '%s\n' "$said" | sed -e '/^ /d' -e 's/^/wget: /'; return 1 ;;
      /*) host=${at#https://}; next=https://${host%%/*}$next ;;
    esac
    at=$next hops=$((hops + 1))
  done
  echo 'wget: more than 5 redirects'
  return 1
}
