/** What the rest of the package knows of a reachable host: argv and stdin in, a result out. */
import type { Policy } from "../policies";

/** How to connect to a jump host; the shape of `@pulumi/command`'s `remote.ProxyConnectionArgs`, plus a key file. */
export interface ProxyConnection {
  /** Address of the host: a name or an IP. */
  readonly host: string;
  /** TCP port; default 22. */
  readonly port?: number;
  /** Login user; default `root`. */
  readonly user?: string;
  readonly password?: string;
  /** Contents of a private key; preferred over the password. */
  readonly privateKey?: string;
  /** Path of a private key file on this machine; `~/` is expanded. Not in `remote.ConnectionArgs`. */
  readonly privateKeyPath?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Socket of an SSH agent; default `SSH_AUTH_SOCK`. */
  readonly agentSocketPath?: string;
  /** The expected host key, as in an authorized_keys line (`ssh-ed25519 AAAA...`). */
  readonly hostKey?: string;
  /**
   * Failed dials allowed, the one after is final; -1 is no limit. What cannot heal is never dialled again. Default: as many
   * as fit into the time of the operation, see `ConnectOptions`.
   */
  readonly dialErrorLimit?: number;
  /** Seconds for one dial, login included; 0 is no limit; default 15. */
  readonly perDialTimeout?: number;
}

/** How to connect to a host; the shape of `@pulumi/command`'s `remote.ConnectionArgs`, plus a key file. */
export interface SshConnection extends ProxyConnection {
  /**
   * Who speaks SSH: this package (`ssh2`, the default: faster for fleets), or the system's own `ssh` (`openssh`), with its
   * configuration: aliases, ProxyJump and ProxyCommand, certificates, hardware keys. Then `user` and `port` default to what
   * ~/.ssh/config says, a login never asks (the password is for sudo), and `privateKey`, `privateKeyPassword` and `proxy`
   * have no place. Not in `remote.ConnectionArgs`.
   */
  readonly client?: "ssh2" | "openssh";
  /** One jump host on the way. */
  readonly proxy?: ProxyConnection;
}

/** How to reach a host: over SSH, or `"local"` for the machine that runs the program. */
export type Connection = SshConnection | "local";

/** How a command is run on a host. */
export interface ExecOptions {
  /** What step this is (`probe`, `install`, `join`): for errors and for the trace; never secret. */
  readonly label: string;
  /**
   * The command's standard input, sent once it runs: text, or the bytes of a file. The only place for a secret. A command
   * may end without reading it. Default: empty.
   */
  readonly stdin?: string | Uint8Array;
  /**
   * Progress of the input: bytes handed to the connection so far, of how many; at most four times a second. Complete
   * input ends with `sent === total`; there is no such call when the command takes no more before that.
   */
  readonly onSent?: (sent: number, total: number) => void;
  /** Run as root: through `sudo` where the user is not root, with the connection's password if it asks. Default false. */
  readonly asRoot?: boolean;
  /**
   * Milliseconds until the command is ended and a `timed-out` MeshError thrown, the sending of its input included: give an
   * upload the minutes it may take. Default 60,000.
   */
  readonly timeoutMs?: number;
  /** Values to redact from every error of this call, beside the connection's own secrets. */
  readonly secrets?: readonly string[];
  /** Called with each line of standard output, as it comes; the last one may lack its line feed. */
  readonly onLine?: (line: string) => void;
}

/** How a command ended, and what it printed. */
export interface ExecResult {
  /** Exit status; null when a signal ended the command. */
  readonly code: number | null;
  readonly signal?: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** One open connection to one host. Every step of a handler call shares it. */
export interface Session extends AsyncDisposable {
  /** The host's name in errors. */
  readonly host: string;
  /** The key that the host showed (`ssh-ed25519 AAAA...`); undefined for `local`. */
  readonly hostKey: string | undefined;
  /** The key that the jump host showed; undefined where there is none. */
  readonly jumpHostKey: string | undefined;
  /** The address in the mesh at which the present connection was dialled; undefined where it went by the connection. */
  readonly meshAddress?: string;
  /**
   * Runs a program, without any shell between: each element of `argv` arrives as it is. It has the user's PATH with the
   * system's folders after it, the C locale and a umask of 022. A non-zero exit is a result, not an error; 127 is a
   * program that is not there. Whatever else goes wrong is a MeshError, and ends the command: timed-out (also by the
   * abort signal), host-unreachable (the connection broke), not-permitted (no sudo, no login shell), join-failed (more
   * than 4 MiB on one stream), invalid-config (`argv` is empty or too long: some 20 KB of script fit in any case).
   */
  exec(argv: readonly string[], options: ExecOptions): Promise<ExecResult>;
  /**
   * Closes the connection and opens another one the same way, with the host keys pinned to those seen: for a step that
   * may have cut it. Throws as `connect` does; then the session is closed, and may be tried again.
   */
  reconnect(options?: ReconnectOptions): Promise<void>;
  /** Ends the connection, without a wait for the host to agree. */
  close(): Promise<void>;
}

/** How `reconnect` dials. */
export interface ReconnectOptions {
  /** Stops dialling. */
  readonly signal?: AbortSignal;
}

/** What to do with the key of a host that neither `hostKey`, a pin nor known_hosts names. */
export type HostKeyPolicy = Policy<"hostKeyPolicy">;

/**
 * How a joined host is dialled: by its `connection`, or by its address in the mesh first (`mesh-first`), with the same port, user,
 * credentials and host key, and by the connection when nobody answers there. Another host key than expected ends it.
 */
export type ReachPolicy = Policy<"reach">;

/** What is to be done with the host. */
export type ConnectOperation = "create" | "update" | "read" | "delete";

/** How `connect` dials, and what it checks. */
export interface ConnectOptions {
  /** The host's name in errors and progress lines. */
  readonly host: string;
  /**
   * How long a host that does not answer is dialled: five minutes for a `create`, which may meet a machine that boots; one
   * for an `update` (the default); `dialErrorLimit` counts instead where it is set. 20 seconds for a `read` or a `delete`,
   * or one dial of `perDialTimeout`.
   */
  readonly operation?: ConnectOperation;
  /** Stops dialling and ends running commands. */
  readonly signal?: AbortSignal;
  /** Is told each step; default: nobody. */
  readonly progress?: (message: string) => void;
  /** The key pinned by an earlier run: enforced when the connection names no `hostKey`. */
  readonly pinnedHostKey?: string;
  /** The same for the jump host. */
  readonly pinnedJumpHostKey?: string;
  /**
   * The host's address in the mesh: dialled before the connection, once and shortly, and without its jump host. The key that is
   * expected there is the connection's; one must be known. Of no meaning for `local`.
   */
  readonly meshAddress?: string;
  /** Default `pin`: accept the key of first contact. `strict`: refuse an unknown key. */
  readonly hostKeyPolicy?: HostKeyPolicy;
  /** known_hosts files to look in; default `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`. */
  readonly knownHostsFiles?: readonly string[];
  /** Environment for `SSH_AUTH_SOCK` and the like; default `process.env`. */
  readonly env?: Environment;
}

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;
