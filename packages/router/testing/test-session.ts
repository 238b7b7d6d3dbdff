import type { CommandResult, RuleRecord } from '@limpet/contract';
import type { Clock, DataPlane, Haproxy } from '@limpet/data-plane';
import { createMemoryDataPlane, createVirtualClock, type MemoryDataPlane } from '@limpet/data-plane';
import type { RouterSettings } from '../src/haproxy/config/settings.ts';
import { createHaproxyRouter, type HaproxyRouter } from '../src/haproxy/router.ts';
import { member, rule } from './rules.ts';

/** For the tests of this folder: a router on a machine in memory, with one rule's members running. */
export const publicIp = '10.0.53.2';
export const members = ['vm1', 'vm2', 'vm3'].map((vm) => member(vm));

export interface Bench {
  dataPlane: MemoryDataPlane;
  router: HaproxyRouter;
  /** `change` to a rule with three members, on port 8080; the next generation unless one is named. */
  put(change: Partial<RuleRecord>, generation?: number): Promise<CommandResult>;
  remove(port: number, generation?: number): Promise<CommandResult>;
  ask(client: string, port?: number): { client: string; ip: string; port: number; protocol: 'tcp' };
  /** Members that answer six fresh connections of one client. */
  reached(client: string, port?: number): Promise<string[]>;
  /** Another router on the same machine and files, as after a crash of the first; `change` stands in for parts of it. */
  again(change?: Partial<DataPlane>): Promise<Bench>;
}

export interface BenchOptions {
  clock?: Clock;
  settings?: Partial<RouterSettings>;
  haproxyVersion?: string;
  /** Replaces parts of the data plane. */
  change?(dataPlane: MemoryDataPlane): Partial<DataPlane>;
}

const benchOn = async (
  dataPlane: MemoryDataPlane,
  change: Partial<DataPlane>,
  settings: Partial<RouterSettings>,
  from: number,
): Promise<Bench> => {
  const router = await createHaproxyRouter({ dataPlane: { ...dataPlane, ...change }, dir: '/limpet', settings });
  let generation = from;
  const ask = (client: string, port = 8080) => ({ client, ip: publicIp, port, protocol: 'tcp' as const });
  return {
    dataPlane,
    router,
    ask,
    put: (wanted, at = ++generation) =>
      router.putRule({ type: 'putRule', rule: rule({ members, ...wanted }), generation: at }),
    remove: (port, at = ++generation) =>
      router.removeRule({ type: 'removeRule', key: { ip: publicIp, port }, generation: at }),
    async reached(client, port = 8080) {
      const seen = new Set<string>();
      for (let i = 0; i < 6; i++) {
        const [answer] = await dataPlane.clients.ask([ask(client, port)]);
        seen.add(answer!.ok ? answer!.vm : answer!.error);
      }
      return [...seen].sort();
    },
    again: (other = change) => benchOn(dataPlane, other, settings, generation),
  };
};

/** A bench with these rules, all in force. */
export async function openBench(rules: readonly Partial<RuleRecord>[] = [{}], options: BenchOptions = {}) {
  const dataPlane = createMemoryDataPlane({
    localAddresses: [publicIp],
    ...(options.clock && { clock: options.clock }),
    haproxyVersion: options.haproxyVersion,
  });
  await dataPlane.vms.start(['vm1', 'vm2', 'vm3', 'vm4'].map((vm) => member(vm)));
  const bench = await benchOn(dataPlane, options.change?.(dataPlane) ?? {}, options.settings ?? {}, 0);
  await Promise.all(rules.map((change) => bench.put(change)));
  await turns(); // what the last answer said is on disk as well
  return bench;
}

/** The machine's HAProxy with some methods replaced. */
export const haproxyWith = (haproxy: Haproxy, change: Partial<Haproxy>): Haproxy => ({
  version: () => haproxy.version(),
  check: (path) => haproxy.check(path),
  running: () => haproxy.running(),
  start: (path) => haproxy.start(path),
  stop: () => haproxy.stop(),
  signalReload: () => haproxy.signalReload(),
  master: (command) => haproxy.master(command),
  runtime: (commands) => haproxy.runtime(commands),
  pin: () => haproxy.pin(),
  ...change,
});

/** A clock on which a drain goes on only when it is told to. */
export function drainClock(): Clock & { drainsEnd(): void } {
  const virtual = createVirtualClock();
  let open: (() => void)[] = [];
  let ended = false;
  return {
    now: virtual.now,
    after: virtual.after,
    async sleep(ms) {
      if (!ended && ms >= 100) await new Promise<void>((resolve) => open.push(resolve));
      await virtual.sleep(ms);
    },
    drainsEnd() {
      ended = true;
      for (const resolve of open) resolve();
      open = [];
    },
  };
}

/** Lets everything go on that waits for nothing outside. */
export const turns = async (count = 200): Promise<void> => {
  for (let i = 0; i < count; i++) await Promise.resolve();
};

/** `status reason` of a condition of the first rule. */
export const condition = ({ rules }: CommandResult, type: string): string => {
  const found = rules[0]?.conditions.find((each) => each.type === type);
  return `${found?.status} ${found?.reason}`;
};
