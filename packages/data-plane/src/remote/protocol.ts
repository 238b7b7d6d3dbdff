/**
 * The ports of a data plane over a channel between two processes: a router in a process of its own, and the host that its
 * calls are made on. Messages arrive in order, and carry whatever structured clone carries.
 *
 * @module
 */

/** One end of a channel, such as that of `child_process.fork`. */
export interface Channel {
  send(message: object): void;
  onMessage(listener: (message: object) => void): void;
}

/** What a call is made on: a port, or what a call has opened (a pinned worker, a probe, a lock). */
export type Target = 'files' | 'stateStore' | 'haproxy' | 'packetFilter' | 'prober' | 'clock' | 'host' | number;

/** From the router's process. */
export type FromRouter =
  | { remote: 'call'; id: number; target: Target; method: string; args: readonly unknown[] }
  | { remote: 'after'; id: number; ms: number }
  | { remote: 'cancel'; id: number }
  | { remote: 'pong'; id: number; received: number };

/** A value, or something that is called further. */
export type Returned =
  | { value: unknown }
  | { opened: number; kind: 'pin'; pid: number }
  | { opened: number; kind: 'probe' | 'lock' };

/** To the router's process. `now` is the host's clock. */
export type ToRouter =
  | { remote: 'return'; id: number; returned: Returned; now: number }
  | { remote: 'throw'; id: number; name: string; message: string; code: unknown; now: number }
  | { remote: 'fire'; id: number; now: number }
  | { remote: 'lost'; opened: number; now: number }
  | { remote: 'ping'; id: number };
