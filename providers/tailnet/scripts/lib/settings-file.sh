#!/bin/sh
# Where stands what tailscaled is started with by us.

settings_file=/etc/default/tailscaled-pulumi-mesh
