/**
 * Traffic as the oracles of a router observe it: which client asked, and which VM answered. The lab's types are the
 * same, so that a scenario runs on either.
 *
 * @module
 */

/** A request for one connection, from the client's address to a rule's public address. */
export interface Ask {
  /** The client's IPv4 address. */
  client: string;
  ip: string;
  port: number;
  protocol: 'tcp' | 'http';
  /** Cookies that the client sends, with `http`. */
  cookies?: Cookies;
  /** Name of a cookie in which the VM starts a session: `VM.NUMBER`. */
  session?: string;
}

/** Cookies by name. */
export type Cookies = Readonly<Record<string, string>>;

/**
 * The VM that answered, or the error, in the words of the lab's clients: `refused`, `timeout` (filtered),
 * `unreachable`, `closed` (ended without an answer), `http-503`.
 */
export type Answer =
  | {
      ok: true;
      vm: string;
      /** Cookies that the answer sets, if any. */
      cookies?: Cookies;
    }
  | { ok: false; error: string };

/** Clients outside the router. */
export interface Clients {
  /** Asks over a fresh connection each, and closes it after the answer. Answers are in the order of the asks. */
  ask(asks: readonly Ask[]): Promise<Answer[]>;
  /** Opens a connection each, asks once, and keeps it open. */
  hold(asks: readonly Ask[]): Promise<{ id: number; answer: Answer }[]>;
  /** Asks again on held connections; the answer is `closed` for one that has ended. */
  askHeld(ids: readonly number[]): Promise<Answer[]>;
  /** Closes held connections. */
  release(ids: readonly number[]): Promise<void>;
}

/** VMs behind the router. */
export interface Vms {
  /** Starts VMs, which answer at their address. */
  start(vms: readonly { vm: string; ip: string; port: number }[]): Promise<void>;
  /** Destroys VMs: their listeners and connections end at once. */
  destroy(vms: readonly string[]): Promise<void>;
}
