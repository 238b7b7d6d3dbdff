import type { CommandResult, RuleRecord } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { type Clients, createMemoryDataPlane } from '@limpet/data-plane';
import type { Router } from '@limpet/router';
import { createHaproxyRouter } from '@limpet/router';
import type { Fault, OpenRouter } from '../src/faults/fault.ts';
import { member, rule } from './rules.ts';

/** For the tests of faults: Limpet's router, with or without a fault, on a machine in memory or a real one. */
export const publicIp = '10.0.53.2';
export const vms = ['vm11', 'vm12', 'vm13', 'vm14'].map((vm) => member(vm));
export const members = vms.slice(0, 3);

/** A machine with the VMs behind it. */
export interface TestBed {
  dataPlane: DataPlane;
  clients: Clients;
  dir: string;
}

/** What is looked at, what a good router shows, and what one with the fault shows. */
export interface Scenario {
  play(session: TestSession): Promise<unknown>;
  good: unknown;
  bad: unknown;
  /** A real machine makes no difference, or does not do what the test needs. */
  memoryOnly?: true;
}

export interface TestSession {
  dataPlane: DataPlane;
  router(): Router;
  /** A rule with three members on port 8080, and `change`; the next generation unless one is named. */
  put(change: Partial<RuleRecord>, generation?: number): Promise<CommandResult>;
  remove(port: number, generation?: number): Promise<CommandResult>;
  /** Who answers six fresh connections of one client: VMs, or why nobody did. */
  reached(client: string, port?: number): Promise<string[]>;
  /** Connections that the client holds; asked again, each says who answers, or why nobody does. */
  hold(client: string, count: number, port?: number): Promise<() => Promise<string[]>>;
  config(): Promise<string>;
  stickMap(): Promise<string>;
  /** Accepts of rules in the packet filter, as `port`, or `port from network`. */
  accepts(): Promise<string[]>;
  /** Another router on the same machine, as after a crash of the first. */
  reopen(): Promise<void>;
}

export async function memoryTestBed(): Promise<TestBed> {
  const dataPlane = createMemoryDataPlane({ localAddresses: [publicIp] });
  await dataPlane.vms.start(vms);
  return { dataPlane, clients: dataPlane.clients, dir: '/limpet' };
}

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
    config: async () => (await dataPlane.files.read(`${dir}/haproxy.cfg`)) ?? '',
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
