#!/bin/sh
# Where stands that we see to UDP GRO forwarding: the devices, with what their features were before, a line each (`eth0 off off`), and
# `unkept` where nothing on the host could be told to switch it on at boot. And what our service is called.

# shellcheck disable=SC2034 # most scripts only ask for the file
gro_file=/var/lib/pulumi-mesh/udp-gro gro_service=pulumi-mesh-udp-gro
