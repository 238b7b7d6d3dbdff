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

/** Traffic through a rule; it never decreases, over reloads and restarts (apache/cloudstack#6849). */
export interface RuleCounters extends TrafficCounts {
  key: RuleKey;
}

/** Intervals at which pinned workers are read: the first, which doubles each time, and the longest. */
const firstIntervalMs = 100;
const longestIntervalMs = 5_000;

/**
 * Counts traffic over the lives of workers. An old worker continues to count, and its counts are lost when it ends. So
 * the router pins it until it has no clients, reads it for the last time, and releases it.
 */
export class Counters {
  readonly #dataPlane: DataPlane;
  readonly #path: string;
  readonly #rules: () => string[];
  readonly #pinned = new Map<number, PinnedWorker>();
  #baseline: CounterBaseline;
  #written = '';
  #turn: Promise<unknown> = Promise.resolve();
  #cancel: () => void = () => {};
  /** Milliseconds after which the next reading was set to come; undefined: none is to come. */
  #pendingMs: number | undefined;

  private constructor(dataPlane: DataPlane, path: string, rules: () => string[], baseline: CounterBaseline) {
    this.#dataPlane = dataPlane;
    this.#path = path;
    this.#rules = rules;
    this.#baseline = baseline;
  }

  /**
   * @param rules ids of the current rules.
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

  /**
   * Runs a reload, and pins the worker that it makes an old one: from before the reload, so that each reading meanwhile
   * has the worker, whether it is still the current one or not.
   */
  async throughReload<T>(reload: () => Promise<T>): Promise<T> {
    const pin = await this.#dataPlane.haproxy.pin();
    this.#release(pin.pid);
    this.#pinned.set(pin.pid, pin);
    try {
      const done = await reload();
      // Reloads in quick succession must not put off the reading that lets their old workers go.
      if (this.#pendingMs !== firstIntervalMs) this.#refreshLater(firstIntervalMs);
      return done;
    } catch (error) {
      this.#release(pin.pid);
      throw error;
    }
  }

  /** The counters of each rule now. */
  async read(): Promise<RuleCounters[]> {
    const counted = await this.refresh();
    const none = { connections: 0, sessions: 0, requests: 0, bytesIn: 0, bytesOut: 0 };
    return this.#rules().map((id) => ({ key: keyOf(id), ...(counted[id] ?? none) }));
  }

  /** Reads all workers, stores their counts, and releases workers without clients. */
  refresh(): Promise<TrafficCountsByRule> {
    const turn = this.#turn.then(() => this.#refresh());
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Releases all workers. */
  close(): void {
    this.#cancel();
    for (const pin of this.#pinned.values()) pin.release();
    this.#pinned.clear();
  }

  async #refresh(): Promise<TrafficCountsByRule> {
    const idOf = new Map(this.#rules().map((id) => [proxyName(keyOf(id)), id]));
    const idle: number[] = [];
    const readings = (await this.#dataPlane.haproxy.running()) ? await this.#readings(idOf, idle) : new Map();
    this.#baseline = accumulate(this.#baseline, readings, new Set(idOf.values()));
    // What cannot be stored is counted all the same; a worker goes when its last counts are on the disk.
    if (await this.#store(JSON.stringify(this.#baseline))) for (const pid of idle) this.#release(pid);
    return totals(this.#baseline);
  }

  async #store(text: string): Promise<boolean> {
    if (text === this.#written) return true;
    try {
      await this.#dataPlane.files.write(this.#path, text);
    } catch {
      return false;
    }
    this.#written = text;
    return true;
  }

  /**
   * The counts of each worker, by pid. A worker that ends while it is read has none. Adds pids to release to `idle`.
   *
   * A reload may come at any time. So the current worker is read first: it is an old one, pinned or in the master's list,
   * when those are read.
   */
  async #readings(idOf: ReadonlyMap<string, string>, idle: number[]): Promise<Map<number, TrafficCountsByRule>> {
    const { haproxy } = this.#dataPlane;
    const readings = new Map<number, TrafficCountsByRule>();
    const [info, stat] = await haproxy.runtime(['show info', countersCommand]);
    readings.set(readShowInfo(info!).pid, readTrafficCounts(stat!, idOf));
    for (const [pid, pin] of [...this.#pinned]) {
      const answers = await pin.run(['show info', countersCommand]).catch(() => undefined);
      if (answers) readings.set(pid, readTrafficCounts(answers[1]!, idOf));
      if (!answers || isIdle(answers[0]!)) idle.push(pid);
    }
    for (const pid of (await workers(haproxy)).old) {
      if (readings.has(pid)) continue;
      const answer = await haproxy.master(`@!${pid} ${countersCommand}`).catch(() => '');
      if (answer.startsWith('# pxname')) readings.set(pid, readTrafficCounts(answer, idOf));
    }
    return readings;
  }

  #release(pid: number): void {
    this.#pinned.get(pid)?.release();
    this.#pinned.delete(pid);
  }

  #refreshLater(ms: number): void {
    this.#cancel();
    this.#pendingMs = ms;
    this.#cancel = this.#dataPlane.clock.after(ms, () => {
      this.#pendingMs = undefined;
      const again = (): void => {
        if (this.#pinned.size > 0) this.#refreshLater(Math.min(2 * ms, longestIntervalMs));
      };
      this.refresh().then(again, again);
    });
  }
}

/** Whether a worker accepts no more clients and has none; CLI connections do not count. */
const isIdle = (showInfo: string): boolean => {
  const { stopping, fields } = readShowInfo(showInfo);
  return stopping && fields.CurrConns === '0';
};
