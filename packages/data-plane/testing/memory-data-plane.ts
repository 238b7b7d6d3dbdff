import { createMemoryDataPlane, type MemoryDataPlane } from '../src/memory/data-plane.ts';
import { createRandom } from '../src/memory/random.ts';
import type { Ask } from '../src/memory/traffic.ts';

/** For the tests of this folder: a config, its rule's address, and a data plane with VMs. */
export const CONFIG = '/etc/haproxy/haproxy.cfg';
export const PUBLIC = '10.0.53.2';
export const PORT = 8080;
export const RULE = '10_0_53_2-8080';

export interface ConfigText {
  peers?: boolean;
  mode?: 'tcp' | 'http';
  /** Lines of the listen section. */
  rule: readonly string[];
  /** Further sections. */
  rest?: string;
}

export function configText({ peers = false, mode = 'tcp', rule, rest = '' }: ConfigText): string {
  return [
    'global',
    '  stats socket /run/haproxy/admin.sock mode 600 level admin',
    ...(peers ? ['  localpeer vr', 'peers lb', '  peer vr 127.0.0.1:10000'] : []),
    'defaults',
    `  mode ${mode}`,
    '  option redispatch',
    '  timeout connect 5s',
    '  timeout client 50s',
    '  timeout server 50s',
    `listen ${RULE}`,
    `  bind ${PUBLIC}:${PORT}`,
    ...rule.map((line) => `  ${line}`),
    rest,
  ].join('\n');
}

/** `vm1` to `vmN` at 10.1.1.1 ..., with the rule's port open. */
export async function openDataPlane(vms: number, text?: string, haproxyVersion?: string): Promise<MemoryDataPlane> {
  const dataPlane = createMemoryDataPlane({ localAddresses: [PUBLIC], haproxyVersion });
  await dataPlane.vms.start(
    Array.from({ length: vms }, (_, at) => ({ vm: `vm${at + 1}`, ip: `10.1.1.${at + 1}`, port: 80 })),
  );
  await dataPlane.packetFilter.run(['-A', 'INPUT', '-d', PUBLIC, '-p', 'tcp', '-j', 'ACCEPT']);
  if (text !== undefined) {
    await dataPlane.files.write(CONFIG, text);
    await dataPlane.haproxy.start(CONFIG);
  }
  return dataPlane;
}

export async function reload(dataPlane: MemoryDataPlane, text: string): Promise<void> {
  await dataPlane.files.write(CONFIG, text);
  await dataPlane.haproxy.signalReload();
}

export function asks(clients: readonly string[], protocol: 'tcp' | 'http' = 'tcp'): Ask[] {
  return clients.map((client) => ({ client, ip: PUBLIC, port: PORT, protocol }));
}

/** `198.51.100.1` ... */
export function clientAddresses(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `198.51.100.${at + 1}`);
}

export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = createRandom(seed);
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

/** Which VM answers each client, asked in this order. */
export async function whoAnswers(dataPlane: MemoryDataPlane, clients: readonly string[]): Promise<Map<string, string>> {
  const answers = await dataPlane.clients.ask(asks(clients));
  return new Map(answers.map((answer, at) => [clients[at] as string, answer.ok ? answer.vm : `(${answer.error})`]));
}

export function moved(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before].filter(([client, vm]) => after.get(client) !== vm).map(([client]) => client);
}
