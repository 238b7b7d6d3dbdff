/** A `server` line, or an `add server`. */
export interface ServerSpec {
  name: string;
  ip: string;
  port: number;
  /** The explicit id; without it HAProxy takes the lowest free one, in the order of the lines. */
  id: number | undefined;
  check: boolean;
  weight: number;
  /** Starts in maintenance. */
  disabled: boolean;
  /** Its own value for `cookie`; a dynamic server has one since 3.0. */
  cookie?: string | undefined;
}

/** Bits of `srv_admin_state` (HAProxy 2.6 management.txt, "show servers state"). */
export const admin = { forcedMaintenance: 0x01, configMaintenance: 0x04, forcedDrain: 0x08 } as const;

/** A server of one proxy in one worker. */
export class Server {
  readonly name: string;
  readonly id: number;
  readonly forcedId: boolean;
  readonly check: boolean;
  readonly initialWeight: number;
  ip: string;
  port: number;
  weight: number;
  adminState: number;
  /** `enable health`; a server of the config starts checked, a dynamic one does not. */
  checking: boolean;
  changedAt: number;
  /** Open connections. */
  connections = 0;
  /** Connections so far. */
  total = 0;
  /** The turn in which it was chosen last, for least connections among equals. */
  lastTurn = 0;
  /** What `cookie` calls it; undefined: nothing yet. */
  cookie: string | undefined;
  /** Its line says so; `dynamic` computes no other. */
  readonly hasOwnCookie: boolean;
  /** Smooth weighted round robin's current weight. */
  credit = 0;

  constructor(spec: ServerSpec, id: number, now: number, dynamic = false) {
    this.name = spec.name;
    this.id = id;
    this.forcedId = spec.id !== undefined;
    this.ip = spec.ip;
    this.port = spec.port;
    this.check = spec.check;
    this.weight = spec.weight;
    this.cookie = spec.cookie;
    this.hasOwnCookie = spec.cookie !== undefined;
    this.initialWeight = spec.weight;
    this.checking = spec.check && !dynamic;
    this.adminState = dynamic
      ? admin.forcedMaintenance
      : spec.disabled
        ? admin.forcedMaintenance | admin.configMaintenance
        : 0;
    this.changedAt = now;
  }

  inMaintenance(): boolean {
    return (this.adminState & admin.forcedMaintenance) !== 0;
  }

  draining(): boolean {
    return (this.adminState & admin.forcedDrain) !== 0;
  }

  /** `set server ... state` (server.c: each of the three sets and clears both forced bits). */
  setState(state: 'ready' | 'drain' | 'maint', now: number): void {
    const before = this.adminState;
    this.adminState &= ~(admin.forcedMaintenance | admin.forcedDrain);
    if (state === 'maint') this.adminState |= admin.forcedMaintenance;
    if (state === 'drain') this.adminState |= admin.forcedDrain;
    if (this.adminState !== before) this.changedAt = now;
  }
}
