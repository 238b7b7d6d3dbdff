import type { CliRequest, HaproxyVersion } from '@limpet/haproxy';
import type { FilterTexts } from '@limpet/netfilter';

/**
 * The ports of a data plane: files, stores of rows, one HAProxy in master-worker mode, and the packet filter. Routers use only these
 * ports, so that the same code runs on a real HAProxy and on the emulator.
 *
 * @module
 */

/** Files of the router. Paths are absolute. */
export interface Files {
  /**
   * The text, or undefined when there is no such file. Rejects with DataPlaneError `ROUTER_FILE_UNUSABLE` when the path
   * is no regular file (a FIFO, a device, a directory: reading it could block), or when the file is longer than
   * `maxBytes`.
   */
  read(path: string, maxBytes?: number): Promise<string | undefined>;
  /** Names of the files in a folder, sorted; none when there is no such folder. */
  list(folder: string): Promise<string[]>;
  /**
   * Replaces the file atomically (temporary file, rename), and makes its folder when there is none.
   *
   * @param durability `durable`: waits for the disk, so that the text outlives a loss of power. `volatile`: it outlives
   * the process, which is enough for what the router can make anew. Default: `durable`.
   */
  write(path: string, text: string, durability?: 'durable' | 'volatile'): Promise<void>;
  /** Deletes the file, if there is one. */
  remove(path: string): Promise<void>;
  /**
   * Takes the lock at `path`, also when its holder has died. While its holder lives, resolves to the holder's pid.
   * Within one process, the newest call gets the lock.
   *
   * @param lost called when a later call of this process takes the lock.
   */
  lock(path: string, lost: () => void): Promise<{ release(): Promise<void> } | { heldBy: number }>;
}

/** One value that outlives the router's process. `kind` and `key` name it. */
export interface StateRow {
  /** The table that it is of: `rules`. */
  kind: string;
  /** Its name there: a rule's id. */
  key: string;
  /** JSON. */
  value: string;
}

/** A row as it shall be from now on; without a value, it is to go. */
export type StateChange = Pick<StateRow, 'kind' | 'key'> & { value?: string | undefined };

/**
 * What a store is opened for. `write`: by the process that holds the router's lock; it stays open until it is closed. `read`: by
 * any process, also while another one writes.
 */
export type StateAccess = 'read' | 'write';

/** Stores of rows, each at a path. All rows that are stored together are there after a crash, or none of them. */
export interface StateStore {
  /**
   * The rows of these kinds, in any order; undefined when there is no store. Rejects with
   * DataPlaneError `STATE_UNREADABLE` when anything in the store, of whatever kind, is not as it was stored.
   */
  load(path: string, kinds: readonly string[], access: StateAccess): Promise<StateRow[] | undefined>;
  /**
   * Makes these changes, in the order of calls, and the store when there is none. Resolves when they outlive a loss of
   * power. What is given while the disk is busy is stored together. Rejects with DataPlaneError `STATE_NOT_STORED`, and
   * nothing has changed; or `STATE_UNREADABLE`.
   */
  commit(path: string, changes: readonly StateChange[]): Promise<void>;
  /** Gives back what is held for the store, when everything that was committed before is stored. */
  close(path: string): Promise<void>;
}

/** The verdict of `haproxy -c`. */
export type ConfigCheck = { ok: true } | { ok: false; message: string };

/** A CLI connection to one worker that lasts over reloads, and keeps the worker alive. */
export interface PinnedWorker {
  pid: number;
  /** Runs commands in order; one answer each. Rejects when the worker has died. */
  run(commands: readonly string[]): Promise<string[]>;
  release(): void;
}

/** One HAProxy in master-worker mode. */
export interface Haproxy {
  /** The installed HAProxy: what the next start or reload runs. Rejects when it cannot be run. */
  version(): Promise<HaproxyVersion>;
  /** `haproxy -c -f path`: of a file, or of all files `*.cfg` of a folder, in the order of their names. */
  check(path: string): Promise<ConfigCheck>;
  /** True when a master is up. */
  running(): Promise<boolean>;
  /**
   * Starts the master with the config at `path`, a file or a folder as for `check`, and resolves when its first worker
   * serves. Rejects when it fails to start.
   */
  start(path: string): Promise<void>;
  /** Stops master and workers at once: all connections are lost. */
  stop(): Promise<void>;
  /**
   * Signals the master to reload. Resolves when the signal is delivered; `show proc` tells whether the reload worked.
   */
  signalReload(): Promise<void>;
  /** One command to the master CLI (`show proc`, `@!PID show sess` ...), and its answer. */
  master(command: string): Promise<string>;
  /** Commands to the current worker's CLI, in order; one answer each, without the trailing blank line. */
  runtime(commands: readonly CliRequest[]): Promise<string[]>;
  /** Pins the current worker. */
  pin(): Promise<PinnedWorker>;
}

/** iptables, through `iptables-save`, `iptables-restore --noflush` and single calls. */
export interface PacketFilter {
  /** `iptables-save -t filter`. */
  save(): Promise<string>;
  /** `iptables-restore --noflush`: applies all of the text, or nothing and rejects. */
  restore(text: string): Promise<void>;
  /** `iptables ARGS`; resolves to the exit code. */
  run(args: readonly string[]): Promise<number>;
}

/** What lies between the network and HAProxy, to decide whether clients get in. */
export interface PacketPathTexts extends FilterTexts {
  /** By IPv4 address of the host, the interface that has it. */
  interfaces: ReadonlyMap<string, string>;
  /** Tables of nftables that are not iptables' and have rules or policies that stop IPv4 packets: `inet filter`. */
  nativeTables: readonly string[];
  /** What this process may not read of it, by the words of the program that said so: `iptables-legacy-save: Permission denied`. */
  unreadable: readonly string[];
}

/** A connection of a synthetic client; open until `close`. */
export interface ProbeConnection {
  close(): void;
}

/** Synthetic clients: they connect to a rule's probe socket, and claim a source address with the PROXY protocol. */
export interface Prober {
  open(socketPath: string, source: string, protocol: 'tcp' | 'http'): Promise<ProbeConnection>;
}

/** A socket on which processes wait for TCP connections. */
export interface Listener {
  /** IPv4; `0.0.0.0`: all addresses. */
  ip: string;
  port: number;
  /** Processes that hold the socket; empty when they belong to another user. */
  processes: readonly { name: string; pid: number }[];
}

/** Time. Injected, so that the emulator has a virtual clock. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /**
   * Calls `run` once, after `ms` milliseconds, unless cancelled before. A pending call keeps no process alive, and does
   * not let virtual time pass.
   *
   * @returns cancels the call.
   */
  after(ms: number, run: () => void): () => void;
}

/** Everything of a router's host. */
export interface DataPlane {
  kind: 'real' | 'memory';
  files: Files;
  stateStore: StateStore;
  haproxy: Haproxy;
  packetFilter: PacketFilter;
  prober: Prober;
  clock: Clock;
  /** IPv4 addresses of the router: HAProxy can bind no others, unless `bindsNonlocal`. */
  localAddresses(): Promise<readonly string[]>;
  /** Whether the kernel lets a process bind addresses that the router does not have (`net.ipv4.ip_nonlocal_bind`). */
  bindsNonlocal(): Promise<boolean>;
  /** All rules of iptables, of both of its back ends, the sets that they use, and what stops packets beside them. */
  packetPath(): Promise<PacketPathTexts>;
  /** All sockets on which processes listen for TCP connections over IPv4, HAProxy's included. */
  listeners(): Promise<readonly Listener[]>;
  /** The hard limit of file descriptors for a process started here (`ulimit -Hn`); infinite when there is none. */
  descriptorLimit(): Promise<number>;
}
