import type { RuleRecord, RuleStatus } from '@limpet/contract';
import { createRealDataPlane, type DataPlane, systemClock } from '@limpet/data-plane';
import { readShowTable } from '@limpet/haproxy';
import { openPairLab, type PairLab } from '@limpet/lab';
import { createHaproxyRouter, type HaproxyRouter } from '../src/haproxy/router.ts';
import { proxyName } from '../src/names.ts';
import { conditionOf, members, publicIp } from './real-session.ts';
import { member, rule } from './rules.ts';

/** One router of the pair. */
export interface PairedBench {
  dataPlane: DataPlane;
  router: HaproxyRouter;
  /** Resolves to the rule's `InForce` once it has this reason. */
  until(reason: string): Promise<RuleStatus>;
  /** Clients in the rule's stick table, by what their addresses begin with. */
  known(prefix: string): Promise<string[]>;
}

/** Two routers on real HAProxies, of which the first one has the public address. */
export interface PairBench {
  lab: PairLab;
  routers: readonly [PairedBench, PairedBench];
  /** Gives these routers (default: both) the rule at the next generation; resolves to what they answer. */
  put(change?: Partial<RuleRecord>, to?: readonly (0 | 1)[]): Promise<string[]>;
  /** Starts a router again that was closed. */
  reopen(at: 0 | 1): Promise<void>;
  close(): Promise<void>;
}

const names = ['r-5-VM', 'r-6-VM'] as const;

async function open(lab: PairLab, at: 0 | 1): Promise<PairedBench> {
  const { dir, exec, spawn } = lab.routers[at];
  const dataPlane = createRealDataPlane({ exec, spawn, dir, clock: systemClock });
  const peers = names.map((name, index) => ({ name, ip: lab.routers[index]!.ip }));
  const settings = { drainDeadlineMs: 100, driftPeriodMs: 100, pair: { self: names[at], peers } };
  const router = await createHaproxyRouter({ dataPlane, dir, settings });
  return {
    dataPlane,
    router,
    async until(reason) {
      for (let tries = 0; ; tries++) {
        const { rules } = await router.reportRules({ type: 'reportRules' });
        const status = rules[0]!;
        if (conditionOf(status, 'InForce').endsWith(` ${reason}`)) return status;
        if (tries === 600) throw new Error(`never ${reason}: ${JSON.stringify(status)}`);
        await systemClock.sleep(50);
      }
    },
    async known(prefix) {
      const [table = ''] = await dataPlane.haproxy.runtime([`show table ${proxyName(rule())}`]);
      return readShowTable(table).flatMap(({ entries }) =>
        entries.map(({ key }) => key).filter((key) => key.startsWith(prefix)),
      );
    },
  };
}

/** Opens both. */
export async function openPairBench(): Promise<PairBench> {
  const lab = await openPairLab({ publicIps: [publicIp], vms: [...members, member('vm14')] });
  const routers: [PairedBench, PairedBench] = [await open(lab, 0), await open(lab, 1)];
  let generation = 0;
  return {
    lab,
    routers,
    async reopen(at) {
      routers[at] = await open(lab, at);
    },
    async put(change = {}, to = [0, 1]) {
      generation++;
      const command = { type: 'putRule', rule: rule({ members, ...change }), generation } as const;
      const answers = await Promise.all(to.map((at) => routers[at].router.putRule(command)));
      return answers.map(({ outcome, rules }) => `${outcome} ${conditionOf(rules[0]!, 'InForce')}`);
    },
    async close() {
      await Promise.all(routers.map(({ router }) => router.close()));
      await lab.close();
    },
  };
}
