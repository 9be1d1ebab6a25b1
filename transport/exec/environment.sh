#!/bin/sh
# A known environment: sbin is missing in the PATH that sshd gives to a login on Debian; a umask of 077 would hide what root installs.

system_path=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
case ":$PATH" in *":$system_path") ;; *) PATH="${PATH:+$PATH:}$system_path" ;; esac
LC_ALL=C
export PATH LC_ALL
umask 022
