/**
 * Traffic through a router as its users see it: who asked, and which VM answered. The memory data plane offers the
 * same interfaces, so that a scenario runs on either.
 *
 * @module
 */

/** One question "which VM are you?" from a client to a rule. */
export interface Ask {
  /** Source IPv4 address of the connection. */
  client: string;
  /** Public IPv4 address of the rule. */
  ip: string;
  /** Public port of the rule. */
  port: number;
  /** `tcp`: a line each way. `http`: a GET over HTTP/1.1 with keep-alive. */
  protocol: 'tcp' | 'http';
  /** With `http`: the cookies that the client sends, with every question of a held connection. */
  cookies?: Cookies;
  /** With `http`: the VM is to begin a session, which its cookie of that name identifies. */
  session?: 'session';
}

/** Cookies by name. */
export type Cookies = Readonly<Record<string, string>>;

/**
 * The VM that answered, or why none did. The real clients say `refused`, `reset`, `timeout`, `closed` (ended without
 * an answer), `unreachable`, `http-503` (any status but 200) or `garbled`.
 */
export type Answer =
  | { ok: true; vm: string /** Those that an HTTP answer sets, if any. */; cookies?: Cookies }
  | { ok: false; error: string };

/** A held connection, and what its first question got. */
export interface Held {
  id: number;
  answer: Answer;
}

/** The clients on the public side. Answers come in the order of the questions. */
export interface Clients {
  /** A fresh connection for each question, closed after the answer. */
  ask(asks: readonly Ask[]): Promise<Answer[]>;
  /** A fresh connection for each question, kept open after the answer. */
  hold(asks: readonly Ask[]): Promise<Held[]>;
  /** Asks again on held connections; `closed` for one that has ended, been released or never existed. */
  askHeld(ids: readonly number[]): Promise<Answer[]>;
  /** Closes held connections. */
  release(ids: readonly number[]): Promise<void>;
}

/** One service of a VM. A VM that serves several ports is started with one record for each. */
export interface Vm {
  /** The identity that it answers with: 1 to 64 of `A-Za-z0-9_.-`. */
  vm: string;
  /** Guest IPv4 address. */
  ip: string;
  port: number;
}

/** The VMs on the guest side. */
export interface Vms {
  /** Resolves when all of them listen; on an error none of them does. */
  start(vms: readonly Vm[]): Promise<void>;
  /** Ends the VMs at once: listeners close, connections are reset. Unknown names are ignored. */
  destroy(vms: readonly string[]): Promise<void>;
}
