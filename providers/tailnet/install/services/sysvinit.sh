#!/bin/sh
### BEGIN INIT INFO
# Provides: tailscaled
# Required-Start: $remote_fs $network
# Required-Stop: $remote_fs $network
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: Tailscale node agent
### END INIT INFO
# chkconfig: 2345 90 10
# pulumi-mesh made this
exec /opt/tailscale/run "$1"
