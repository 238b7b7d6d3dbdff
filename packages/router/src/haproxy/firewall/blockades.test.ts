import { expect, it } from 'vitest';
import { condition, openBench, publicIp, turns } from '../../../testing/test-session.ts';

const dropped = `*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d ${publicIp}/32 -p tcp -m tcp --dport 8080 -j DROP\nCOMMIT\n`;

/** A router on a host of which a test says what iptables has beside the router's own chain. */
const open = async () => {
  const host = { foreign: '', nativeTables: [] as string[], unreadable: [] as string[], reads: 0 };
  const bench = await openBench([], {
    change: ({ packetPath }) => ({
      packetPath: async () => {
        host.reads += 1;
        const texts = await packetPath();
        const rulesets = [...texts.rulesets, { backend: 'legacy' as const, text: host.foreign }];
        return { ...texts, rulesets, nativeTables: host.nativeTables, unreadable: host.unreadable };
      },
    }),
  });
  return { ...bench, host };
};

it('says of a rule that comes that no client gets in, and of others nothing', async () => {
  const { put, host } = await open();
  host.foreign = dropped;
  const [blocked, other] = await Promise.all([put({}), put({ port: 81 })]);
  expect(blocked.outcome).toBe('refused');
  expect(blocked.rules[0]!.conditions.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
    'True Valid',
    'True Programmed',
    'False Blocked',
  ]);
  expect(blocked.rules[0]!.conditions[2]!.message).toBe(
    `no client gets in: table raw of iptables-legacy drops clients such as 198.51.100.1: -A PREROUTING -d ${publicIp}/32 -p tcp -m tcp --dport 8080 -j DROP; delete that rule, or admit ${publicIp}:8080 before it (on CloudStack, by a firewall rule for the port)`,
  );
  expect(condition(other, 'InForce')).toBe('True Verified');
});

it('sees within a drift period what comes and goes, and answers commands accordingly', async () => {
  const { put, host, dataPlane } = await open();
  await put({}, 1);
  const aPeriod = async (): Promise<void> => {
    await dataPlane.clock.sleep(5_000);
    await turns(20_000);
  };
  host.foreign = dropped;
  await aPeriod();
  const answer = await put({}, 1);
  expect([answer.outcome, condition(answer, 'InForce')]).toEqual(['refused', 'False Blocked']);
  host.foreign = '';
  await aPeriod();
  const later = await put({}, 1);
  expect([later.outcome, condition(later, 'InForce')]).toEqual(['applied', 'True Verified']);
});

it('asks iptables only for changes of who may connect', async () => {
  const { put, remove, host } = await open();
  await put({});
  host.reads = 0;
  await put({ algorithm: 'leastconn' });
  await put({ members: [] });
  expect(host.reads).toBe(0);
  await put({ cidrs: ['198.18.0.0/15'] });
  expect(host.reads).toBe(1);
  await remove(8080);
  expect(host.reads).toBe(1);
});

it('says that it does not know what tables of nftables do, beside what it knows', async () => {
  const { put, host } = await open();
  host.nativeTables = ['inet firewalld', 'netdev a'];
  const said = async (port: number, cidrs: string[] = []) => {
    const { message, status } = (await put({ port, cidrs })).rules[0]!.conditions.at(-1)!;
    return `${status} ${message}`;
  };
  const unread =
    'it is not known whether all clients get in: nftables stops packets in "inet firewalld", "netdev a", and Limpet reads the rules of iptables only ("nft list ruleset" shows the others)';
  expect(await said(81)).toMatch(/^True /);
  expect(await said(82)).toContain(`; ${unread}`);
  host.foreign = dropped.replace('-d', '! -s 198.18.4.0/24 -d');
  expect(await said(8080)).toMatch(/^True .*; not all clients get in: table raw .*; it is not known whether all /);
  host.foreign = dropped;
  expect(await said(8080, ['198.18.0.0/15'])).toMatch(/^False no client gets in: (?!.*not known)/);
});

it('says that root may see more of the packet filter than this process', async () => {
  const { put, host } = await open();
  host.unreadable = ['iptables-legacy-save: Permission denied'];
  expect((await put({ port: 81 })).rules[0]!.conditions.at(-1)).toMatchObject({
    status: 'True',
    message: expect.stringMatching(
      /; it is not known whether all .* root may \(iptables-legacy-save: Permission denied\)$/,
    ),
  });
});
