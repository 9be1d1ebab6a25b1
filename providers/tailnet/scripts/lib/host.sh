#!/bin/sh
# Shell functions: what the probe reads of the host itself (init system, package managers, network device, how the client came here),
# without network and without slow queries. `host_facts` prints `key=value` lines; `init_system`,
# `service_name`, `service_folder` and `has_tun` are used by the scripts that change a host, too.

init_system() {
  comm=''
  { IFS= read -r comm </proc/1/comm; } 2>/dev/null
  if [ -d /run/systemd/system ]; then echo systemd
  elif [ -d /run/openrc ]; then echo openrc
  elif [ "$comm" = runit ] || [ -d /run/runit ]; then echo runit
  elif [ "$comm" = init ] && [ -e /etc/inittab ]; then echo sysvinit
  else echo none; fi
}
service_name() { # Alpine's package calls its service tailscale
  if [ ! -e /etc/init.d/tailscaled ] && [ -e /etc/init.d/tailscale ]; then echo tailscale; else echo tailscaled; fi
}
service_folder() { # of runit
  for folder in /var/service /etc/service /service; do if [ -d "$folder" ]; then echo "$folder"; return; fi; done
  echo /etc/service
}
has_tun() { [ -c /dev/net/tun ] && (: <>/dev/net/tun) 2>/dev/null; }
package_facts() { # which package the client is, and whether the package manager was interrupted
  if [ -e /var/lib/dpkg/info/tailscale.list ]; then
    state=$(sed -n '/^Package: tailscale$/,/^$/{s/^Status: [a-z]* //p;/^$/q;}' /var/lib/dpkg/status)
    case "$state" in 'ok installed') echo package=deb ;; *config-files | *not-installed) ;; ?*) printf 'package=deb\nbroken=%s\n' "${state#* }" ;; esac
  fi
  if have rpm && entries=$(rpm -q tailscale 2>/dev/null); then
    echo package=rpm
    case "$entries" in tailscale-*tailscale-*) echo 'broken=installed twice' ;; esac
  fi
  for entry in /var/lib/pacman/local/tailscale-[0-9]*; do
    if [ -d "$entry" ]; then echo package=pacman; [ -s "$entry/desc" ] || echo 'broken=half-installed'; fi
  done
  if have apk && apk info -e tailscale >/dev/null 2>&1; then echo package=apk; fi
}
binary_facts() { # ours are links into /opt/tailscale; all else in /usr/local is somebody's
  for file in /usr/local/bin/tailscale /usr/local/sbin/tailscaled /usr/local/sbin/tailscale /usr/local/bin/tailscaled; do
    if [ -e "$file" ] || [ -L "$file" ]; then
      case "$(readlink "$file")" in /opt/tailscale/*) printf 'linked=%s\n' "$file" ;; /usr/bin/* | /usr/sbin/*) ;; *) printf 'foreign=%s\n' "$file" ;; esac
    fi
  done
  if [ -r /opt/tailscale/installed-by ]; then printf 'record=%s\n' "$(head -c 200 /opt/tailscale/installed-by | head -n 1)"; fi
}
is_linked() { # enabled by its links, whatever systemd remembers of them, and not masked: to ask takes a process
  for mask in /etc/systemd/system/tailscaled.service /run/systemd/system/tailscaled.service; do if [ -c "$mask" ]; then return 1; fi; done
  [ -e /etc/systemd/system/multi-user.target.wants/tailscaled.service ]
}
daemon_facts() { # of the init system $1
  enabled='' active='' name=$(service_name)
  case "$1" in
    systemd)
      if is_linked; then enabled=enabled; else enabled=$(systemctl is-enabled tailscaled 2>/dev/null); fi
      active=$(systemctl is-active tailscaled 2>/dev/null) ;;
    openrc)
      for link in /etc/runlevels/*/"$name"; do if [ -e "$link" ]; then enabled=enabled; fi; done
      if rc-service "$name" status >/dev/null 2>&1; then active=active; fi ;;
    sysvinit)
      for link in /etc/rc[2345].d/S*"$name" /etc/rc.d/rc[2345].d/S*"$name"; do if [ -e "$link" ]; then enabled=enabled; fi; done
      if "/etc/init.d/$name" status >/dev/null 2>&1; then active=active; fi ;;
    runit)
      folder=$(service_folder)/tailscaled
      if [ -e "$folder/run" ] && [ ! -e "$folder/down" ]; then enabled=enabled; fi
      case "$(sv status "$folder" 2>/dev/null)" in run:*) active=active ;; esac ;;
    none) # nothing can be enabled there; what runs without our supervisor is somebody's own arrangement
      if [ -x /opt/tailscale/run ]; then if /opt/tailscale/run status >/dev/null; then active=active; fi
      elif [ -n "$(status)" ]; then active=active; fi ;;
  esac
  printf 'enabled=%s\nactive=%s\n' "$enabled" "$active"
}
stored_login() { # what a daemon that starts comes up with; a state that is encrypted may hold one
  case "$(head -c 1000000 /var/lib/tailscale/tailscaled.state 2>/dev/null | tr -d ' \t\n')" in
    *'"profile-'*) echo stored_login=yes ;; '' | '{}' | *'"_machinekey"'*) ;; *) echo stored_login=yes ;;
  esac
}
host_facts() {
  kernel=$(uname -sm) init=$(init_system) managers=''
  arch=${kernel#* } kernel=${kernel%% *}
  for manager in apt-get dnf yum tdnf zypper pacman apk; do if have "$manager"; then managers="$managers ${manager%-get}"; fi; done
  printf 'kernel=%s\narch=%s\ninit=%s\nmanagers=%s\n' "$kernel" "$arch" "$init" "${managers# }"
  printf 'time=%s\n' "$(date +%s)"
  if has_tun; then echo tun=yes; fi
  if have curl; then echo fetcher=curl; elif have wget; then echo fetcher=wget; elif [ -x /usr/lib/apt/apt-helper ]; then echo fetcher=apt-helper; fi
  if [ -e /run/ostree-booted ]; then echo immutable=ostree; elif [ "$kernel" = Linux ] && [ ! -w /usr ]; then echo immutable=read-only; fi
  stored_login
  package_facts
  binary_facts
  if have tailscale; then
    version=$(tailscale version 2>/dev/null | head -n 1)
    printf 'client=%s\nversion=%.200s\n' "$(command -v tailscale)" "$version"
    have tailscaled || answers || echo 'broken=without tailscaled'
    daemon_facts "$init"
  fi
}
