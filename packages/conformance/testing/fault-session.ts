import type { CommandResult, RuleRecord } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { type Clients, createMemoryDataPlane } from '@limpet/data-plane';
import type { Router } from '@limpet/router';
import { createHaproxyRouter } from '@limpet/router';
import type { Fault, OpenRouter } from '../src/faults/fault.ts';
import { installedConfig } from '../src/installed-config.ts';
import { member, rule } from './rules.ts';

/**
 * A test session for the tests of faults: Limpet's router, with or without a fault, on a data plane in memory or a real one.
 *
 * @module
 */

/** The host's public address. */
export const publicIp = '10.0.53.2';
/** The VMs of a test bed. */
export const vms = ['vm11', 'vm12', 'vm13', 'vm14'].map((vm) => member(vm));
/** The members that a rule has unless a test names others. */
export const members = vms.slice(0, 3);

/** A host with the VMs and clients around it. */
export interface TestBed {
  dataPlane: DataPlane;
  clients: Clients;
  dir: string;
}

/** A play with its outcome on a correct router, and on one with the fault. */
export interface Scenario {
  play(session: TestSession): Promise<unknown>;
  good: unknown;
  bad: unknown;
  /** Not played on a real data plane: it makes no difference, or cannot do what the test needs. */
  memoryOnly?: true;
}

/** A router on a test bed, with short ways to change rules and to observe clients. */
export interface TestSession {
  dataPlane: DataPlane;
  router(): Router;
  /** A rule with three members on port 8080, and `change`; the next generation unless one is named. */
  put(change: Partial<RuleRecord>, generation?: number): Promise<CommandResult>;
  remove(port: number, generation?: number): Promise<CommandResult>;
  /** The VMs that answer six fresh connections of one client, or the errors. */
  reached(client: string, port?: number): Promise<string[]>;
  /** Opens connections and holds them. The returned function asks on each: it gives the VM that answers, or the error. */
  hold(client: string, count: number, port?: number): Promise<() => Promise<string[]>>;
  config(): Promise<string>;
  stickMap(): Promise<string>;
  /** Accepts of rules in the packet filter, as `port`, or `port from network`. */
  accepts(): Promise<string[]>;
  /** Opens another router on the same host, as after a crash of the first. */
  reopen(): Promise<void>;
}

/** A test bed in memory, with all VMs started. */
export async function memoryTestBed(): Promise<TestBed> {
  const dataPlane = createMemoryDataPlane({ localAddresses: [publicIp] });
  await dataPlane.vms.start(vms);
  return { dataPlane, clients: dataPlane.clients, dir: '/limpet' };
}

/** Opens a router, with `fault` when it is given. @param testBed - a new one in memory by default */
export async function openTestSession(
  fault: Pick<Fault, 'inject'> | undefined,
  testBed?: TestBed,
): Promise<TestSession> {
  const { dataPlane, clients, dir } = testBed ?? (await memoryTestBed());
  const plain: OpenRouter = (machine) =>
    createHaproxyRouter({ dataPlane: machine, dir, settings: { drainDeadlineMs: 0 } });
  const open = fault ? fault.inject(plain) : plain;
  let router = await open(dataPlane);
  let generation = 0;
  const ask = (client: string, port: number) => ({ client, ip: publicIp, port, protocol: 'tcp' as const });
  return {
    dataPlane,
    router: () => router,
    put: (change, at = ++generation) =>
      router.putRule({ type: 'putRule', rule: rule({ members, ...change }), generation: at }),
    remove: (port, at = ++generation) =>
      router.removeRule({ type: 'removeRule', key: { ip: publicIp, port }, generation: at }),
    async reached(client, port = 8080) {
      const seen = new Set<string>();
      for (let i = 0; i < 6; i++) {
        const [answer] = await clients.ask([ask(client, port)]);
        seen.add(answer!.ok ? answer!.vm : answer!.error);
        if (!answer!.ok) break; // each one would take as long
      }
      return [...seen].sort();
    },
    async hold(client, count, port = 8080) {
      const held = await clients.hold(Array.from({ length: count }, () => ask(client, port)));
      return async () => {
        const answers = await clients.askHeld(held.map(({ id }) => id));
        return answers.map((answer) => (answer.ok ? answer.vm : answer.error));
      };
    },
    config: async () => (await installedConfig(dataPlane, dir)) ?? '',
    stickMap: async () => (await dataPlane.files.read(`${dir}/stick.map`)) ?? '',
    async accepts() {
      const lines = (await dataPlane.packetFilter.save()).match(/^-A LIMPET-LB .* -j ACCEPT$/gm) ?? [];
      return lines.map((line) => {
        const [, port] = /--dport (\d+)/.exec(line)!;
        const from = /-s (\S+)/.exec(line);
        return from ? `${port} from ${from[1]}` : port!;
      });
    },
    async reopen() {
      router = await open(dataPlane);
    },
  };
}

/** `status reason` of a condition of the first rule. */
export const condition = ({ rules }: CommandResult, type: string): string => {
  const found = rules[0]?.conditions.find((each) => each.type === type);
  return `${found?.status} ${found?.reason}`;
};
