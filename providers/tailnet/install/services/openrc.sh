#!/sbin/openrc-run
# pulumi-mesh made this
# shellcheck disable=SC2034 # openrc-run reads them
name=tailscaled
description="Tailscale node agent"
supervisor=supervise-daemon
command=/opt/tailscale/run
pidfile=/var/run/tailscaled.pid
respawn_delay=5
respawn_max=0
output_log=/var/log/tailscaled.log
error_log=/var/log/tailscaled.log
depend() { use localmount net logger; after firewall; }
stop_post() { /opt/tailscale/run cleanup; }
