import { basename } from 'node:path';
import type { DataPlane } from '@limpet/data-plane';

/** What calls of one sort cost, over all of them. */
export interface Cost {
  what: string;
  calls: number;
  ms: number;
}

/** Where the time goes that a router spends on its machine. */
export class Costs {
  readonly #costs = new Map<string, Cost>();
  #active = 0;
  #since = 0;
  #busyMs = 0;

  /** Only when nothing is under way. */
  reset(): void {
    this.#costs.clear();
    this.#busyMs = 0;
  }

  /** Milliseconds in which the router waited for its machine; what is left of a change is its own work. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** The most expensive first. */
  get list(): Cost[] {
    return [...this.#costs.values()].sort((a, b) => b.ms - a.ms);
  }

  async time<T>(what: string, call: () => Promise<T>): Promise<T> {
    const began = performance.now();
    if (this.#active++ === 0) this.#since = began;
    try {
      return await call();
    } finally {
      const ended = performance.now();
      if (--this.#active === 0) this.#busyMs += ended - this.#since;
      const cost = this.#costs.get(what) ?? { what, calls: 0, ms: 0 };
      this.#costs.set(what, { what, calls: cost.calls + 1, ms: cost.ms + ended - began });
    }
  }
}

/** The words of a command that are the same for every rule. */
const head = (command: string): string => /^(@!\d+ )?([a-z]+( [a-z]+(?= |$))*)/.exec(command)?.[2] ?? command;

/** What a call is counted as; undefined: it is not. */
type Label = (method: string, first: unknown) => string | undefined;

const fileLabel: Label = (method, path) => `${method} ${basename(String(path))}`;

const haproxyLabel: Label = (method, first) => {
  if (method === 'master') return `master: ${head(String(first))}`;
  return method === 'runtime' ? [...new Set((first as string[]).map(head))].join(' + ') : `haproxy: ${method}`;
};

const clockLabel: Label = (method, ms) => {
  if (method !== 'sleep') return undefined;
  return ms === 0 ? 'yield' : 'sleep';
};

/** The same machine, with every call timed. */
export function timed(plane: DataPlane, costs: Costs): DataPlane {
  const wrap = <T extends object>(port: T, label: Label): T =>
    new Proxy(port, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function' || typeof name !== 'string') return value;
        return (...args: unknown[]) => {
          const what = label(name, args[0]);
          const call = (): unknown => value.apply(target, args);
          return what === undefined ? call() : costs.time(what, async () => call());
        };
      },
    });
  return {
    ...plane,
    files: wrap(plane.files, fileLabel),
    stateStore: wrap(plane.stateStore, (method) => `store: ${method}`),
    haproxy: wrap(plane.haproxy, haproxyLabel),
    packetFilter: wrap(plane.packetFilter, (method) => `iptables: ${method}`),
    prober: wrap(plane.prober, () => 'probe'),
    clock: wrap(plane.clock, clockLabel),
    localAddresses: () => costs.time('ip address', () => plane.localAddresses()),
  };
}
