/** A TCP packet between a client and a listener of this host, as matches see it. */
export interface Packet {
  source: string;
  sourcePort: number;
  destination: string;
  port: number;
  /** `undefined`: an earlier rule may have taken it from connection tracking. */
  state: 'NEW' | 'ESTABLISHED' | 'UNTRACKED' | undefined;
  /** The rules that have taken it from connection tracking, the jumps first. */
  untrackedBy?: readonly string[];
  /** Names of the TCP flags that are set. */
  flags: readonly string[];
  /** Undefined: an earlier rule has set it. */
  mark: number | undefined;
  /** The interface over which it comes in; undefined: not known, or it goes out. */
  input: string | undefined;
  /** The interface over which it goes out; undefined: not known, or it comes in. */
  output: string | undefined;
  /** Whether it comes from the network. */
  incoming: boolean;
}

/** Whether a packet matches; `maybe`: it depends on what a reader of rules does not know. */
export type Match = 'yes' | 'no' | 'maybe';

/** A match by a plain answer. */
export const matchOf = (holds: boolean): Match => (holds ? 'yes' : 'no');

/** The match of `!`. */
export const negated = (match: Match): Match => (match === 'maybe' ? 'maybe' : matchOf(match === 'no'));
