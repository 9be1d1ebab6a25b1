#!/sbin/openrc-run
# pulumi-mesh made this
# shellcheck disable=SC2034 # openrc-run reads it
description="UDP GRO forwarding for a router of the mesh"
depend() { use net; }
start() { /bin/sh /var/lib/pulumi-mesh/udp-gro.sh; }
