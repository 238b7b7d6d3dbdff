import type { RuleKey } from '@limpet/contract';
import type { DataPlane, PinnedWorker } from '@limpet/data-plane';
import { readShowInfo } from '@limpet/haproxy';
import { RouterError } from '../../errors.ts';
import { keyOf, proxyName } from '../../names.ts';
import { workers } from '../runtime/sessions.ts';
import {
  accumulate,
  type CounterBaseline,
  countersCommand,
  emptyBaseline,
  readTrafficCounts,
  type TrafficCounts,
  type TrafficCountsByRule,
  totals,
} from './traffic-counts.ts';

/** What clients did through a rule; never less than it was, over reloads and restarts (apache/cloudstack#6849). */
export interface RuleCounters extends TrafficCounts {
  key: RuleKey;
}

/** An old worker that has no connections any more is let go after this, and then after twice the time, and so on. */
const firstLookMs = 10;
const lastLookMs = 5_000;

/**
 * Counts over the lives of workers. An old worker goes on counting what it still serves, and takes it with it when it
 * ends: it is held on to until it serves nobody, and read for the last time then.
 */
export class Counters {
  readonly #dataPlane: DataPlane;
  readonly #path: string;
  readonly #rules: () => string[];
  readonly #pinned = new Map<number, PinnedWorker>();
  #ledger: CounterBaseline;
  #written = '';
  #turn: Promise<unknown> = Promise.resolve();
  #cancel: () => void = () => {};

  private constructor(dataPlane: DataPlane, path: string, rules: () => string[], ledger: CounterBaseline) {
    this.#dataPlane = dataPlane;
    this.#path = path;
    this.#rules = rules;
    this.#ledger = ledger;
  }

  /**
   * @param rules ids of the rules that there are.
   * @throws RouterError `ROUTER_STATE_UNREADABLE`.
   */
  static async open(dataPlane: DataPlane, path: string, rules: () => string[]): Promise<Counters> {
    const text = await dataPlane.files.read(path);
    try {
      return new Counters(
        dataPlane,
        path,
        rules,
        text === undefined ? emptyBaseline() : (JSON.parse(text) as CounterBaseline),
      );
    } catch (cause) {
      throw new RouterError(
        'ROUTER_STATE_UNREADABLE',
        `${path} is not JSON any more; restore it, or remove it, and counters begin anew`,
        { cause },
      );
    }
  }

  /** Holds on to the worker that a reload makes an old one. */
  async over<T>(reload: () => Promise<T>): Promise<T> {
    const pin = await this.#dataPlane.haproxy.pin();
    try {
      const done = await reload();
      this.#pinned.get(pin.pid)?.release();
      this.#pinned.set(pin.pid, pin);
      this.#lookLater(firstLookMs);
      return done;
    } catch (error) {
      pin.release();
      throw error;
    }
  }

  /** What was counted up to now, of each rule. */
  async read(): Promise<RuleCounters[]> {
    const counted = await this.refresh();
    const none = { connections: 0, sessions: 0, requests: 0, bytesIn: 0, bytesOut: 0 };
    return this.#rules().map((id) => ({ key: keyOf(id), ...(counted[id] ?? none) }));
  }

  /** Reads all workers, keeps what they say, and lets go of those that serve nobody any more. */
  refresh(): Promise<TrafficCountsByRule> {
    const turn = this.#turn.then(() => this.#refresh());
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Lets all workers go. */
  close(): void {
    this.#cancel();
    for (const pin of this.#pinned.values()) pin.release();
    this.#pinned.clear();
  }

  async #refresh(): Promise<TrafficCountsByRule> {
    const idOf = new Map(this.#rules().map((id) => [proxyName(keyOf(id)), id]));
    const idle: number[] = [];
    const readings = (await this.#dataPlane.haproxy.running()) ? await this.#readings(idOf, idle) : new Map();
    this.#ledger = accumulate(this.#ledger, readings, new Set(idOf.values()));
    const text = JSON.stringify(this.#ledger);
    if (text !== this.#written) await this.#dataPlane.files.write(this.#path, text);
    this.#written = text;
    for (const pid of idle) {
      this.#pinned.get(pid)?.release();
      this.#pinned.delete(pid);
    }
    return totals(this.#ledger);
  }

  /** What each worker has counted. One that ends while it is asked is no longer there. */
  async #readings(idOf: ReadonlyMap<string, string>, idle: number[]): Promise<Map<number, TrafficCountsByRule>> {
    const { haproxy } = this.#dataPlane;
    const readings = new Map<number, TrafficCountsByRule>();
    const { old } = await workers(haproxy);
    for (const pid of old) {
      const pin = this.#pinned.get(pid);
      const answers = pin
        ? await pin.run(['show info', countersCommand]).catch(() => undefined)
        : [undefined, await haproxy.master(`@!${pid} ${countersCommand}`).catch(() => '')];
      const [info, stat] = answers ?? [];
      if (stat?.startsWith('# pxname')) readings.set(pid, readTrafficCounts(stat, idOf));
      if (info !== undefined && hasEnded(info)) idle.push(pid);
    }
    for (const pid of this.#pinned.keys()) if (!old.includes(pid) && !readings.has(pid)) idle.push(pid);
    const [info, stat] = await haproxy.runtime(['show info', countersCommand]);
    readings.set(readShowInfo(info!).pid, readTrafficCounts(stat!, idOf));
    return readings;
  }

  #lookLater(ms: number): void {
    this.#cancel();
    this.#cancel = this.#dataPlane.clock.after(ms, () => {
      const again = (): void => {
        if (this.#pinned.size > 0) this.#lookLater(Math.min(2 * ms, lastLookMs));
      };
      this.refresh().then(again, again);
    });
  }
}

/** Whether a worker takes no more connections of clients, and has none; a CLI's are not counted. */
const hasEnded = (showInfo: string): boolean => {
  const { stopping, fields } = readShowInfo(showInfo);
  return stopping && fields.CurrConns === '0';
};
