#!/bin/sh
# pulumi-mesh made this
exec >>/var/log/tailscaled.log 2>&1
exec /opt/tailscale/run
