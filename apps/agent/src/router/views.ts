import { readShowInfo, type ShowInfo } from '@limpet/haproxy';
import {
  type Changes,
  changesTo,
  onThisRouter,
  type RouterReport,
  type RuleLoad,
  type RuleView,
  reportOn,
  ruleView,
  type Source,
} from '@limpet/operations';
import { inspectRouter, keyOf, type RuleCounters, readRuleActivity, ruleId } from '@limpet/router';
import { Looks } from '../api/looks.ts';
import type { Driver } from './driver.ts';
import { Inquiry } from './inquiry.ts';

/**
 * What there is to see of the router. Each view that starts programs, or asks much of HAProxy, is looked at by one client
 * at a time; it throws the Problem `AGENT_BUSY` when too many wait.
 */
export class RouterViews {
  readonly #driver: Driver;
  readonly #looks = new Looks();
  /** How the router is. */
  readonly report = this.#looks.shared(() => this.#report());
  readonly #running: Inquiry<boolean>;
  readonly #info: Inquiry<ShowInfo | undefined>;
  readonly #counters: Inquiry<RuleCounters[]>;

  constructor(driver: Driver) {
    this.#driver = driver;
    const { haproxy, clock } = driver.router.location.dataPlane;
    this.#running = new Inquiry('whether it runs', () => haproxy.running(), clock);
    this.#counters = new Inquiry('for its counters', () => driver.router.current.counters(), clock);
    this.#info = new Inquiry(
      'how it is',
      async () => {
        if (!(await haproxy.running())) return undefined;
        const [info] = await haproxy.runtime(['show info']);
        return readShowInfo(info!);
      },
      clock,
    );
  }

  async #report(): Promise<RouterReport> {
    const { router } = this.#driver;
    const snapshot = await inspectRouter(router.location);
    const counters = snapshot.observed.notResponding ? [] : await router.current.counters();
    return reportOn(snapshot, await this.#driver.statuses(), counters);
  }

  /** A rule as the inspector shows it; undefined: nobody has heard of it. @param id `ip:port` */
  ruleView(id: string): Promise<RuleView | undefined> {
    return this.#looks.look(async () => {
      const { location } = this.#driver.router;
      const snapshot = await inspectRouter(location);
      const isThere = snapshot.observed.live !== undefined;
      return ruleView(id, snapshot, {
        dir: location.dir,
        status: (await this.#driver.statuses()).find(({ key }) => ruleId(key) === id),
        activity: isThere ? await readRuleActivity(location.dataPlane.haproxy, keyOf(id)) : undefined,
      });
    });
  }

  /** The connections of a rule's members: cheap enough to be asked for each second. @param id `ip:port` */
  ruleLoad(id: string): Promise<RuleLoad> {
    return this.#looks.look(async () => {
      const { haproxy, clock } = this.#driver.router.location.dataPlane;
      const isThere = await this.#running.ask().catch(() => false);
      const { servers } = isThere ? await readRuleActivity(haproxy, keyOf(id)) : { servers: [] };
      return { at: clock.now(), servers: servers.map(({ vm, connections }) => ({ vm, connections })) };
    });
  }

  /** What would change, and what would not be carried out. */
  plan(read: Source): Promise<Changes & { notCarriedOut: string[] }> {
    return this.#looks.look(async () => {
      const { location } = this.#driver.router;
      const snapshot = await inspectRouter(location, read.rules);
      const source = onThisRouter(read, snapshot);
      return { ...changesTo(source, snapshot, location.dir), notCarriedOut: source.notCarriedOut };
    });
  }

  /** HAProxy's own `show info`; undefined: it does not run. Rejects when it does not answer in time. */
  haproxyInfo(): Promise<ShowInfo | undefined> {
    return this.#info.ask();
  }

  /** Traffic through each rule. Rejects when HAProxy does not answer in time. */
  counters(): Promise<RuleCounters[]> {
    return this.#counters.ask();
  }

  /** Why HAProxy cannot be driven; undefined when it can, also when it does not run because there are no rules. */
  async hangs(): Promise<string | undefined> {
    try {
      await this.#running.ask();
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }
}
