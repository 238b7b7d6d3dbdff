import { createMemoryDataPlane } from '@limpet/data-plane';
import { createHaproxyRouter, inspectRouter, type RouterLocation } from '@limpet/router';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { sourceOf } from '../../testing/router-snapshot.ts';
import { changesTo, commandsFor } from '../changes.ts';
import type { Source } from '../desired-state.ts';
import { readDatabag } from '../read-databag.ts';
import { sendCommands } from '../send-commands.ts';
import { parseRules } from './parse-rules.ts';

/** A rule with three members and four networks, two of which are one, in the order of the permutations. */
const vms = ['vm-1', 'vm-10', 'vm-2'];
const cidrs = ['10.1.2.3/8', '10.0.0.0/8', '192.0.2.0/24', '198.51.100.7/32'];
const anyOrder = fc.record({
  vms: fc.shuffledSubarray(vms, { minLength: vms.length }),
  cidrs: fc.shuffledSubarray(cidrs, { minLength: cidrs.length }),
  ports: fc.shuffledSubarray([80, 81], { minLength: 2 }),
});
type Order = typeof anyOrder extends fc.Arbitrary<infer T> ? T : never;
const addressOf = (vm: string) => `10.1.1.${vm.slice(3)}`;

const forms: Record<string, (order: Order) => Source> = {
  'rules file': (order) =>
    sourceOf(
      parseRules(
        stringify({
          rules: order.ports.map((port) => ({
            ip: '203.0.113.10',
            port,
            cidrs: order.cidrs,
            members: order.vms.map((vm) => ({ vm, ip: addressOf(vm), port: 80 })),
          })),
        }),
        'rules.yaml',
      ).rules,
    ),
  databag: (order) =>
    readDatabag(
      JSON.stringify({
        rules: [
          {
            configuration: order.ports.flatMap((port) => [
              `listen 203_0_113_10-${port}`,
              `\tbind 203.0.113.10:${port}`,
              '\tbalance roundrobin',
              ...order.vms.map((vm, i) => `\tserver 203_0_113_10-${port}_${i} ${addressOf(vm)}:80 check`),
              `\tacl network_allowed src ${order.cidrs.join(' ')} \n\ttcp-request connection reject if !network_allowed`,
            ]),
            tmp_cfg_file_path: '/etc/haproxy/',
            tmp_cfg_file_name: 'haproxy.cfg.new.0',
            add_rules: [],
            remove_rules: [],
            stat_rules: [''],
            router_ip: '169.254.1.2',
          },
        ],
        type: 'loadbalancer',
      }),
      'load_balancer.json',
    ),
};

/** Gives a router in memory these rules, and returns its place. */
async function applied(source: Source): Promise<RouterLocation> {
  const dataPlane = createMemoryDataPlane({ localAddresses: ['203.0.113.10'] });
  await dataPlane.vms.start(source.rules[0]!.members);
  const location = { dataPlane, dir: '/limpet' };
  const router = await createHaproxyRouter({ ...location, settings: source.settings });
  await sendCommands(router, commandsFor(source, await inspectRouter(location)), () => {});
  await router.detach();
  return location;
}

it.each(Object.entries(forms))('any order of members, networks and rules in a %s is no change', async (_, read) => {
  await fc.assert(
    fc.asyncProperty(anyOrder, anyOrder, async (one, other) => {
      const [location, second] = [await applied(read(one)), await applied(read(other))];
      const snapshot = await inspectRouter(location, read(other).rules);
      expect(changesTo(read(other), snapshot, location.dir)).toMatchObject({ changes: false, also: [], reload: null });
      const generations = commandsFor(read(other), snapshot).map(({ generation }) => generation);
      expect(Math.max(...generations)).toBe(snapshot.generation);
      expect(snapshot.observed.config).toEqual((await inspectRouter(second)).observed.config);
    }),
    { numRuns: 10 },
  );
});
