/**
 * Traffic as the judges of a router see it: who asked, and which VM answered. The real lab has the same shapes, so that
 * a scenario runs on either.
 *
 * @module
 */

/** One connection wanted: from the client's address to a rule's public address. */
export interface Ask {
  /** The client's IPv4 address. */
  client: string;
  ip: string;
  port: number;
  protocol: 'tcp' | 'http';
  /** What the client's browser sends, with `http`. */
  cookies?: Cookies;
  /** Name of a cookie in which the VM is to begin a session: `VM.NUMBER`. */
  session?: string;
}

/** Cookies by name. */
export type Cookies = Readonly<Record<string, string>>;

/**
 * Who answered, or why nobody did, in the words of the real lab's clients: `refused`, `timeout` (filtered), `unreachable`,
 * `closed` (ended without an answer), `http-503`.
 */
export type Answer =
  | {
      ok: true;
      vm: string;
      /** Those that the answer sets, if any. */
      cookies?: Cookies;
    }
  | { ok: false; error: string };

/** Clients outside the router. */
export interface Clients {
  /** A fresh connection each, closed after the answer. Answers are in the order of the asks. */
  ask(asks: readonly Ask[]): Promise<Answer[]>;
  /** Opens, asks once, and keeps each connection open. */
  hold(asks: readonly Ask[]): Promise<{ id: number; answer: Answer }[]>;
  /** Asks again on the same connections; `closed` for one that is gone. */
  askHeld(ids: readonly number[]): Promise<Answer[]>;
  release(ids: readonly number[]): Promise<void>;
}

/** VMs behind the router. */
export interface Vms {
  start(vms: readonly { vm: string; ip: string; port: number }[]): Promise<void>;
  /** Ends listeners and connections at once. */
  destroy(vms: readonly string[]): Promise<void>;
}
