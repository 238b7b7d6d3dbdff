import type { CommandResult, RuleRecord } from '@limpet/contract';
import { createMemoryDataPlane } from '@limpet/data-plane';
import { describe, expect, it } from 'vitest';
import { member, rule, sourceBased } from '../../testing/rules.ts';
import { type KnownDefectName, knownDefects } from './known-defects.ts';
import { createCloudStackRouter, defaultPaths } from './router.ts';

const publicIp = '10.0.53.2';
const members = ['vm1', 'vm2', 'vm3'].map((vm) => member(vm));
const [vm1, vm2, vm3] = members as [RuleRecord['members'][0], RuleRecord['members'][0], RuleRecord['members'][0]];

/** CloudStack's router without its deviations, or with one of them, on a machine in memory. */
async function openBench(defect: KnownDefectName | undefined) {
  const dataPlane = createMemoryDataPlane({ localAddresses: [publicIp] });
  await dataPlane.vms.start(['vm1', 'vm2', 'vm3', 'vm4'].map((vm) => member(vm)));
  const open = () =>
    createCloudStackRouter({ dataPlane, version: 'fixed', knownDefects: defect ? { [defect]: true } : {} });
  let router = await open();
  let generation = 0;
  const ask = (client: string, port: number) => ({ client, ip: publicIp, port, protocol: 'tcp' as const });
  return {
    dataPlane,
    put: (change: Partial<RuleRecord>, at = ++generation): Promise<CommandResult> =>
      router.putRule({ type: 'putRule', rule: rule({ members, ...change }), generation: at }),
    remove: (port: number) =>
      router.removeRule({ type: 'removeRule', key: { ip: publicIp, port }, generation: ++generation }),
    async reached(client: string, port = 8080) {
      const seen = new Set<string>();
      for (let i = 0; i < 6; i++) {
        const [answer] = await dataPlane.clients.ask([ask(client, port)]);
        seen.add(answer!.ok ? answer!.vm : answer!.error);
      }
      return [...seen].sort();
    },
    async hold(count: number, port = 8080) {
      const held = await dataPlane.clients.hold(Array.from({ length: count }, () => ask('198.18.0.1', port)));
      return async () => {
        const answers = await dataPlane.clients.askHeld(held.map(({ id }) => id));
        return answers.map((answer) => (answer.ok ? answer.vm : answer.error));
      };
    },
    config: async () => (await dataPlane.files.read(defaultPaths.config)) ?? '',
    async accepts() {
      const lines = (await dataPlane.packetFilter.save()).match(/^-A INPUT -d .*$/gm) ?? [];
      return lines.map((line) => /--dport (\d+)/.exec(line)![1]);
    },
    async reopen() {
      router = await open();
    },
  };
}
type Bench = Awaited<ReturnType<typeof openBench>>;

const everybody = ['vm1', 'vm2', 'vm3'];
const clients = Array.from({ length: 12 }, (_, i) => `198.18.0.${i + 1}`);
const whereTo = async (bench: Bench, port = 8080) =>
  Object.fromEntries(
    await Promise.all(clients.map(async (client) => [client, (await bench.reached(client, port)).join()] as const)),
  );
const moved = (before: Record<string, string>, after: Record<string, string>) =>
  clients.filter((client) => before[client] !== after[client]).length;

/** What is looked at, what a good router shows, and what one with the deviation shows. */
const shows: Record<KnownDefectName, readonly [play: (bench: Bench) => Promise<unknown>, good: unknown, bad: unknown]> =
  {
    lineSetCompare: [
      async (bench) => {
        await bench.put({ stickiness: sourceBased });
        await bench.put({ port: 81 });
        await bench.put({ port: 81, stickiness: sourceBased });
        return (await bench.reached('198.18.0.1', 81)).length;
      },
      1,
      3,
    ],
    ignoreReloadResult: [
      async (bench) => {
        await bench.put({});
        const reloadedExternally = await bench.put({ ip: '203.0.113.9' });
        const other = await bench.put({ port: 81 });
        return [reloadedExternally.outcome, other.outcome, await bench.reached('198.18.0.1', 81)];
      },
      ['refused', 'applied', everybody],
      ['applied', 'applied', ['refused']],
    ],
    noPeers: [
      async (bench) => {
        await bench.put({ stickiness: sourceBased });
        const before = await whereTo(bench);
        await bench.put({ port: 81 });
        await bench.reached('198.18.0.99');
        return moved(before, await whereTo(bench)) > 0;
      },
      false,
      true,
    ],
    positionalNames: [
      async (bench) => {
        await bench.put({ stickiness: sourceBased });
        const before = await whereTo(bench);
        await bench.put({ stickiness: sourceBased, members: [vm2, vm3] });
        const after = await whereTo(bench);
        return clients.some((client) => before[client] !== 'vm1' && before[client] !== after[client]);
      },
      false,
      true,
    ],
    restartInsteadOfReload: [
      async (bench) => {
        await bench.put({});
        const held = await bench.hold(3);
        await bench.put({ port: 81 });
        return (await held()).includes('closed');
      },
      false,
      true,
    ],
    appendOnlyAccept: [
      async (bench) => {
        await bench.put({});
        const saved = ['-p', 'tcp', '-m', 'tcp', '-d', publicIp, '--dport', '8080'];
        await bench.dataPlane.packetFilter.run([
          '-A',
          'INPUT',
          ...saved,
          '-m',
          'state',
          '--state',
          'NEW',
          '-j',
          'ACCEPT',
        ]);
        await bench.put({ port: 81 });
        return bench.accepts();
      },
      ['8080', '81'],
      ['8080', '8080', '81'],
    ],
    staleSnapshotWins: [
      async (bench) => {
        await bench.put({ stickiness: sourceBased }, 10);
        const { outcome } = await bench.put({}, 9);
        return [outcome, (await bench.reached('198.18.0.1')).length];
      },
      ['superseded', 1],
      ['applied', 3],
    ],
    partialSnapshot: [
      async (bench) => {
        await bench.put({});
        await bench.put({ port: 81 });
        return [await bench.reached('198.18.0.1'), await bench.reached('198.18.0.1', 81)];
      },
      [everybody, everybody],
      [['timeout'], everybody],
    ],
    protocolNotPushed: [
      async (bench) => {
        await bench.put({});
        await bench.put({ protocol: 'http' });
        return (await bench.config()).includes('\tmode http');
      },
      true,
      false,
    ],
    protocolFromPort: [
      async (bench) => {
        await bench.put({ protocol: 'http' });
        return (await bench.config()).includes('\tmode http');
      },
      true,
      false,
    ],
    cidrsFixed: [
      async (bench) => {
        await bench.put({});
        await bench.put({ cidrs: ['198.18.0.0/24'] });
        return bench.reached('198.19.0.1');
      },
      ['closed'],
      everybody,
    ],
    commaJoinedCidrs: [
      async (bench) => {
        await bench.put({});
        return (await bench.put({ cidrs: ['198.18.0.0/24', '198.19.0.0/24'] })).outcome;
      },
      'applied',
      'refused',
    ],
    appSession: [
      async (bench) => {
        const stickiness = {
          method: 'AppCookie',
          cookieName: 'JSESSIONID',
          length: 52,
          holdTimeSeconds: 60,
          requestLearn: false,
        } as const;
        return (await bench.put({ stickiness })).outcome;
      },
      'applied',
      'refused',
    ],
    globalLimits: [
      async (bench) => {
        await bench.put({ timeouts: { clientMs: 7 }, maxConnections: 5 });
        const config = await bench.config();
        return ['\ttimeout client     7\n', '\tmaxconn 5\n'].every((line) => config.includes(line));
      },
      true,
      false,
    ],
    drainIsRemoval: [
      async (bench) => {
        await bench.put({ stickiness: sourceBased });
        const [vm] = await bench.reached('198.18.0.1');
        await bench.put({
          stickiness: sourceBased,
          members: members.map((each) => ({ ...each, state: each.vm === vm ? 'draining' : 'serving' })),
        });
        return (await bench.reached('198.18.0.1'))[0] === vm;
      },
      true,
      false,
    ],
    heldConnectionsKept: [
      async (bench) => {
        await bench.put({ members: [vm1] });
        await bench.put({ port: 81 });
        const [held, other] = [await bench.hold(2), await bench.hold(2, 81)];
        await bench.put({ members: [vm2] });
        return [await held(), (await other()).includes('closed')];
      },
      [['closed', 'closed'], false],
      [['vm1', 'vm1'], false],
    ],
    unverified: [
      async (bench) => {
        const { rules } = await bench.put({});
        return rules[0]!.conditions.find(({ type }) => type === 'InForce')?.status;
      },
      'True',
      'Unknown',
    ],
    acceptMissing: [
      async (bench) => {
        await bench.put({});
        return bench.reached('198.18.0.1');
      },
      everybody,
      ['timeout'],
    ],
    acceptLeftBehind: [
      async (bench) => {
        await bench.put({});
        await bench.remove(8080);
        return bench.accepts();
      },
      [],
      ['8080'],
    ],
  };

describe("a deviation of CloudStack's router, alone", () => {
  it.each(Object.entries(knownDefects).map(([name, { sentence }]) => [name as KnownDefectName, sentence] as const))(
    '%s: %s',
    async (name) => {
      const [play, good, bad] = shows[name];
      expect(await play(await openBench(undefined))).toEqual(good);
      expect(await play(await openBench(name))).toEqual(bad);
    },
  );
});

describe("CloudStack's router without its deviations", () => {
  it('has every change of stickiness in force, on fresh and on held connections', async () => {
    const bench = await openBench(undefined);
    await bench.put({ port: 81, stickiness: sourceBased });
    await bench.put({});
    const held = await bench.hold(6);
    await bench.put({ stickiness: sourceBased });
    const [vm] = await bench.reached('198.18.0.1');
    expect(new Set((await held()).filter((answer) => answer !== 'closed' && answer !== vm))).toEqual(new Set());
    await bench.put({});
    expect(await bench.reached('198.18.0.1')).toEqual(everybody);
  });

  it('sends all rules when it is opened again beside a HAProxy that is gone', async () => {
    const bench = await openBench(undefined);
    await bench.put({});
    await bench.put({ port: 81 });
    await bench.dataPlane.haproxy.stop();
    await bench.reopen();
    expect(await bench.reached('198.18.0.1', 81)).toEqual(everybody);
    await bench.put({ port: 82 });
    expect(await bench.reached('198.18.0.1')).toEqual(everybody);
  });
});
