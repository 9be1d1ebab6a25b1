/** The help text of the lab's command line. */
export const USAGE = `A real mesh on this machine: booted hosts, a control server, a package mirror.

  npm run lab -- up [--hosts N] [--headscale 0.27]
                                         bring the lab up (or repair it); 3 hosts and the newest Headscale unless
                                         told otherwise (0.27, 0.28 or 0.29)
  npm run lab -- status                  what is up
  npm run lab -- exec HOST CMD...        run a command on a host, as root
  npm run lab -- env [--json]            what pulumi needs, as shell lines (for eval) or as JSON
  npm run lab -- authkey [--tags a,b] [--reusable] [--ephemeral] [--expires 1h]
                                         print a fresh auth key
  npm run lab -- apikey                  print a fresh key for Headscale's API
  npm run lab -- add N [--image IMAGE] [--no-tun]
                                         boot N more hosts: debian, cloud, fedora, opensuse, arch, sysvinit, openrc,
                                         runit, bare or uml; with --no-tun they have no /dev/net/tun
  npm run lab -- control stop|start      stop or start the control server
  npm run lab -- doctor                  find out what this machine lacks, and install what Debian packages bring
  npm run lab -- down                    take the lab down; only the cache of tools stays

Every command takes --name NAME (default "demo"): labs of different names run side by side.
Results go to standard output, progress to standard error; "npm run -s lab" keeps npm quiet.
`;
