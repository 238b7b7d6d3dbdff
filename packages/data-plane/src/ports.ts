import type { CliRequest } from '@limpet/haproxy';

/**
 * What a router stands on: files, one HAProxy in master-worker mode, and the packet filter. The routers talk to these
 * ports only, so that the same code runs on a real HAProxy and on the one in memory.
 *
 * @module
 */

/** Files of the router. Paths are absolute. */
export interface Files {
  /**
   * The text, or undefined when there is no such file. Waits for nobody: fails on what is no regular file (a FIFO, a
   * device, a directory), and on one that is longer than `maxBytes`, whose message says so.
   */
  read(path: string, maxBytes?: number): Promise<string | undefined>;
  /** Replaces the file atomically (temporary file, fsync, rename). */
  write(path: string, text: string): Promise<void>;
  /** Adds to the end of the file, which must be there, and to the disk. A crash may leave the beginning of `text`. */
  append(path: string, text: string): Promise<void>;
  /**
   * Takes the lock at `path`, also from a process that has died; from one that lives it is not had, and its pid is told.
   * Within one process the newest has it.
   *
   * @param lost called when another part of this process takes it.
   */
  lock(path: string, lost: () => void): Promise<{ release(): Promise<void> } | { heldBy: number }>;
}

/** The verdict of `haproxy -c`. */
export type ConfigCheck = { ok: true } | { ok: false; message: string };

/** A conversation with one worker that goes on over reloads, and keeps the worker from ending meanwhile. */
export interface PinnedWorker {
  pid: number;
  /** Commands in order; one answer each. Fails when the worker has died. */
  run(commands: readonly string[]): Promise<string[]>;
  release(): void;
}

/** One HAProxy in master-worker mode. */
export interface Haproxy {
  /** `haproxy -c -f path`. */
  check(path: string): Promise<ConfigCheck>;
  /** True when a master is up. */
  running(): Promise<boolean>;
  /** Starts the master with the config at `path` and resolves when its first worker serves. Fails when it does not come up. */
  start(path: string): Promise<void>;
  /** Ends master and workers at once: all connections are lost. */
  stop(): Promise<void>;
  /** Tells the master to re-read its config. Resolves when the signal is delivered: whether it worked is seen in `show proc`. */
  signalReload(): Promise<void>;
  /** One command to the master CLI (`show proc`, `@!PID show sess` ...), and its answer. */
  master(command: string): Promise<string>;
  /** Commands to the current worker's CLI, in order; one answer each, without the trailing blank line. */
  runtime(commands: readonly CliRequest[]): Promise<string[]>;
  /** Holds on to the current worker. */
  pin(): Promise<PinnedWorker>;
}

/** iptables, as `iptables-save`, `iptables-restore --noflush` and single calls see it. */
export interface PacketFilter {
  /** `iptables-save -t filter`. */
  save(): Promise<string>;
  /** `iptables-restore --noflush`: all of the text, or nothing. */
  restore(text: string): Promise<void>;
  /** `iptables ARGS`; resolves to the exit code. */
  run(args: readonly string[]): Promise<number>;
}

/** One synthetic connection of a verification; open until `close`. */
export interface ProbeConnection {
  close(): void;
}

/** Synthetic clients: connect to a rule's probe socket and claim a source address with the PROXY protocol. */
export interface Prober {
  open(socketPath: string, source: string, protocol: 'tcp' | 'http'): Promise<ProbeConnection>;
}

/** A socket on which processes wait for TCP connections. */
export interface Listener {
  /** IPv4; `0.0.0.0`: all addresses. */
  ip: string;
  port: number;
  /** Those that hold it; empty when they are another user's. */
  processes: readonly { name: string; pid: number }[];
}

/** Wall and monotonic time. Injected, so that the memory data plane has its own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /**
   * Calls back once, after `ms`, unless cancelled before. Keeps nothing alive: no process ends later for it, and virtual
   * time does not pass for it.
   *
   * @returns cancels it.
   */
  after(ms: number, run: () => void): () => void;
}

/** All of a router's machine. */
export interface DataPlane {
  kind: 'real' | 'memory';
  files: Files;
  haproxy: Haproxy;
  packetFilter: PacketFilter;
  prober: Prober;
  clock: Clock;
  /** IPv4 addresses that are local to the router: a rule on any other cannot be bound. */
  localAddresses(): Promise<readonly string[]>;
  /** All sockets on which processes wait for TCP connections over IPv4, HAProxy's as well. */
  listeners(): Promise<readonly Listener[]>;
  /** File descriptors that a process started here can have: its hard limit (`ulimit -Hn`); infinite when there is none. */
  descriptorLimit(): Promise<number>;
}
