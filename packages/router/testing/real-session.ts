import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult, RuleRecord, RuleStatus } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { createRealDataPlane, systemClock } from '@limpet/data-plane';
import { borrowLab, type Lab } from '@limpet/lab';
import type { RouterSettings } from '../src/haproxy/config/settings.ts';
import { createHaproxyRouter, type HaproxyRouter } from '../src/haproxy/router.ts';
import { member, rule } from './rules.ts';

/** For tests on a real HAProxy: a lab with three VMs, and a router in it. */
export const publicIp = '10.0.53.2';
export const members = ['vm11', 'vm12', 'vm13'].map((vm) => member(vm));

export interface RealBench {
  lab: Lab;
  dataPlane: DataPlane;
  router: HaproxyRouter;
  put(change?: Partial<RuleRecord>): Promise<CommandResult>;
  remove(port: number): Promise<CommandResult>;
  ask(client: string, port?: number): { client: string; ip: string; port: number; protocol: 'tcp' };
  /** Resolves to the rule's status once it is as wanted; what it is instead is in the error. */
  until(wanted: (status: RuleStatus) => boolean, port?: number): Promise<RuleStatus>;
  /** Another router on the same machine and files; this one is closed by it, as if its process had died. */
  again(change?: (dataPlane: DataPlane) => Partial<DataPlane>): Promise<RealBench>;
  close(): Promise<void>;
}

const benchOn = async (
  lab: Lab,
  settings: Partial<RouterSettings>,
  from: number,
  change: (dataPlane: DataPlane) => Partial<DataPlane>,
): Promise<RealBench> => {
  const machine = createRealDataPlane({ exec: lab.exec, spawn: lab.spawn, dir: lab.dir, clock: systemClock });
  const dataPlane = { ...machine, ...change(machine) };
  const router = await createHaproxyRouter({
    dataPlane,
    dir: lab.dir,
    settings: { drainDeadlineMs: 100, ...settings },
  });
  let generation = from;
  return {
    lab,
    dataPlane,
    router,
    put: (wanted = {}) =>
      router.putRule({ type: 'putRule', rule: rule({ members, ...wanted }), generation: ++generation }),
    remove: (port) => router.removeRule({ type: 'removeRule', key: { ip: publicIp, port }, generation: ++generation }),
    ask: (client, port = 8080) => ({ client, ip: publicIp, port, protocol: 'tcp' }),
    async until(wanted, port = 8080) {
      for (let tries = 0; ; tries++) {
        const { rules } = await router.reportRules({ type: 'reportRules' });
        const status = rules.find(({ key }) => key.port === port);
        if (status && wanted(status)) return status;
        if (tries === 600) throw new Error(`never came about: ${JSON.stringify(status)}`);
        await sleep(50);
      }
    },
    again: (other = () => ({})) => benchOn(lab, settings, generation, other),
    async close() {
      await router.close();
      await lab.close();
    },
  };
};

/** Where a bench stands. */
export interface RealBenchOptions {
  /** Changes the host before the router opens. */
  prepare?(lab: Lab): Promise<unknown>;
  /** Gives the lab. Default: `borrowLab`. */
  open?: typeof borrowLab;
  /** Replaces parts of the data plane. */
  change?(dataPlane: DataPlane): Partial<DataPlane>;
}

/** A bench on a machine of its own. */
export async function openRealBench(
  settings: Partial<RouterSettings> = {},
  { prepare = async () => {}, open = borrowLab, change = () => ({}) }: RealBenchOptions = {},
): Promise<RealBench> {
  const lab = await open({ publicIps: [publicIp], vms: [...members, member('vm14')] });
  await prepare(lab);
  return benchOn(lab, settings, 0, change);
}

/** `status reason` of a condition. */
export const conditionOf = ({ conditions }: RuleStatus, type: string): string => {
  const found = conditions.find((each) => each.type === type);
  return `${found?.status} ${found?.reason}`;
};
