#!/bin/sh
# Shell functions: what the probe reads of the machine, so that a clone or another machine is not taken for this one; and the mark.
# `machine_facts` prints `key=value` lines that a copied disk does not share, `client_key` the public half of
# the client's machine key, which every copy of its state shares, also after a logout; the private half goes through pipes
# only. A state that is encrypted, or a host without openssl, shows none.

mark_file=/var/lib/pulumi-mesh/declaration # which declaration holds this host; root's, small, no secret
default_device() {
  while read -r device destination _; do if [ "$destination" = 00000000 ]; then echo "$device"; return; fi; done </proc/net/route
  for folder in /sys/class/net/eth* /sys/class/net/en*; do if [ -e "$folder/address" ]; then echo "${folder##*/}"; return; fi; done
} 2>/dev/null
machine_facts() {
  for file in /etc/machine-id "/sys/class/net/$(default_device)/address" /sys/class/dmi/id/product_uuid; do
    value=''
    { IFS= read -r value <"$file"; } 2>/dev/null
    case "$file" in *machine-id) name=machine_id ;; */address) name=mac ;; *) name=dmi ;; esac
    printf '%s=%.200s\n' "$name" "$value"
  done
}
client_key() {
  file=/var/lib/tailscale/tailscaled.state
  { [ -r "$file" ] && have openssl && have base64 && have od; } || return 0
  octets=$(sed -n 's#.*"_machinekey": *"\([A-Za-z0-9+/=]*\)".*#\1#p' "$file" | base64 -d 2>/dev/null | awk '
    { sub(/^privkey:/, ""); if (length($0) != 64) exit
      for (i = 1; i < 64; i += 2)
        printf "\\%03o", 16 * (index("0123456789abcdef", substr($0, i, 1)) - 1) + index("0123456789abcdef", substr($0, i + 1, 1)) - 1 }')
  [ -n "$octets" ] || return 0
  # X25519 in PKCS #8, as openssl reads it; what it prints ends with the 32 bytes of the public key
  # shellcheck disable=SC2059 # the octets are made here, as escapes for printf
  public=$({ printf '\060\056\002\001\000\060\005\006\003\053\145\156\004\042\004\040'; printf "$octets"; } |
    openssl pkey -inform DER -pubout -outform DER 2>/dev/null | od -An -tx1 | tr -d ' \n')
  case "$public" in ????????????????????????????????????????????????????????????????*) printf 'client_key=mkey:%s\n' "${public#"${public%????????????????????????????????????????????????????????????????}"}" ;; esac
}
mark() { if [ -r "$mark_file" ]; then head -c 100000 "$mark_file"; fi; }
