#!/bin/sh
### BEGIN INIT INFO
# Provides: pulumi-mesh-udp-gro
# Required-Start: $remote_fs $network
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop:
# Short-Description: UDP GRO forwarding for a router of the mesh
### END INIT INFO
# chkconfig: 2345 91 09
# pulumi-mesh made this
case "$1" in start | restart) exec /bin/sh /var/lib/pulumi-mesh/udp-gro.sh ;; esac
