import type { RuleRecord } from '@limpet/contract';
import { createMemoryDataPlane, type DataPlane, type MemoryDataPlane } from '@limpet/data-plane';
import { expect, it } from 'vitest';
import { member, rule, sourceBased } from '../../testing/rules.ts';
import { condition, turns } from '../../testing/test-session.ts';
import type { RouterSettings } from './config/settings.ts';
import { createHaproxyRouter, type HaproxyRouter } from './router.ts';
import { inspectRouter } from './verify/inspect.ts';
import { readBack, verifyRules } from './verify/verify.ts';

const [own, moving] = ['10.1.1.2', '10.0.53.2'];
const pair = {
  self: 'r-5-VM',
  peers: [
    { name: 'r-5-VM', ip: own },
    { name: 'r-6-VM', ip: '10.1.1.3' },
  ],
};
const dir = '/limpet';
const wanted = rule({ ip: moving, stickiness: sourceBased });
const ask = { client: '198.18.0.1', ip: moving, port: 8080, protocol: 'tcp' } as const;

interface World {
  host: MemoryDataPlane;
  /** The addresses that the router has; a test moves them. */
  addresses: string[];
}

async function world(addresses: string[]): Promise<World> {
  const host = createMemoryDataPlane({ localAddresses: addresses });
  host.kernel.nonlocalBind = true;
  await host.vms.start([member('vm1'), member('vm2')]);
  return { host, addresses };
}

const open = ({ host }: World, settings: Partial<RouterSettings> = { pair }): Promise<HaproxyRouter> =>
  createHaproxyRouter({ dataPlane: host, dir, settings });

const put = (router: HaproxyRouter, change: Partial<RuleRecord> = {}, generation = 1) =>
  router.putRule({ type: 'putRule', rule: { ...wanted, ...change }, generation });

const conditions = (answer: Parameters<typeof condition>[0]) =>
  ['Accepted', 'Programmed', 'InForce'].map((type) => condition(answer, type)).join(', ');

const reported = async (router: HaproxyRouter) => conditions(await router.reportRules({ type: 'reportRules' }));

const aPeriod = async ({ host }: World): Promise<void> => {
  await host.clock.sleep(5_000);
  await turns(20_000);
};

const standby = 'True Valid, True Programmed, False Standby';
const inForce = 'True Valid, True Programmed, True Verified';

it('has a rule whose address is elsewhere ready, and says so until the address comes, and when it goes', async () => {
  const here = await world([own]);
  const router = await open(here);
  const answer = await put(router);
  expect([answer.outcome, conditions(answer)]).toEqual(['applied', standby]);
  expect(answer.rules[0]!.observedGeneration).toBe(1);
  expect(answer.rules[0]!.conditions.at(-1)!.message).toMatch(
    /^10\.0\.53\.2 is not an address of this router now; .* when the address comes; 2 of 2 members are up$/,
  );
  for (let time = 0; time < 3; time++) {
    here.addresses.push(moving);
    expect(await here.host.clients.ask([ask])).toMatchObject([{ ok: true }]);
    await aPeriod(here);
    expect(await reported(router)).toBe(inForce);
    here.addresses.pop();
    await aPeriod(here);
    expect(await reported(router)).toBe(standby);
    expect(await put(router)).toMatchObject({ outcome: 'applied' });
  }
  expect(router.stats().reloads).toBe(0);
});

it('changes a rule that waits, also by a reload, and one that has just got its address', async () => {
  const here = await world([own]);
  const router = await open(here);
  await put(router);
  for (const [at, algorithm] of (['leastconn', 'source', 'roundrobin'] as const).entries()) {
    const answer = await put(router, { algorithm }, 2 + at);
    expect([answer.outcome, conditions(answer)]).toEqual(['applied', standby]);
  }
  here.addresses.push(moving);
  const answer = await put(router, { algorithm: 'leastconn' }, 5);
  expect([answer.outcome, conditions(answer)]).toEqual(['applied', inForce]);
});

it('says of a rule that waits how its members are: nobody else would see it before the address comes', async () => {
  const here = await world([own]);
  const router = await open(here);
  await put(router);
  await here.host.vms.destroy(['vm1']);
  await here.host.clock.sleep(20_000);
  await aPeriod(here);
  const { rules } = await router.reportRules({ type: 'reportRules' });
  expect(rules[0]!.conditions.at(-1)).toMatchObject({
    reason: 'Standby',
    message: expect.stringMatching(/; 1 of 2 members is up; 1 is down: vm1/),
  });
});

it('starts HAProxy with the rules that wait, after a restart of the host', async () => {
  const here = await world([own]);
  const router = await open(here);
  await put(router);
  await router.close();
  const again = await open(here);
  expect(conditions(await put(again))).toBe(standby);
  expect(await here.host.haproxy.running()).toBe(true);
});

it('is read from outside as it is: nothing is to be done for a rule that waits', async () => {
  const here = await world([own]);
  const router = await open(here);
  await put(router);
  await router.detach();
  const place = { dataPlane: here.host, dir };
  const snapshot = await inspectRouter(place);
  const finding = readBack(snapshot, [wanted], dir).rules.get(`${moving}:8080`);
  expect(finding).toMatchObject({ kind: 'standby', reason: 'Standby' });
  const rules = await verifyRules(snapshot, { ...place, probe: true });
  expect(conditions({ outcome: 'applied', rules })).toBe(standby);
});

it('names the setting of the kernel without which HAProxy cannot wait, and takes the rule when it is set', async () => {
  const here = await world([own]);
  here.host.kernel.nonlocalBind = false;
  const router = await open(here);
  const refused = await put(router);
  expect(refused.outcome).toBe('refused');
  expect(refused.rules[0]!.conditions[0]).toMatchObject({
    reason: 'NonlocalBindOff',
    message: expect.stringContaining('sysctl -w net.ipv4.ip_nonlocal_bind=1'),
  });
  here.host.kernel.nonlocalBind = true;
  await aPeriod(here);
  expect(await reported(router)).toBe(standby);
});

it('is what the pair makes of it: a router that stands alone refuses the rule', async () => {
  const here = await world([own]);
  const router = await open(here);
  await put(router);
  const alone = await open(here, {});
  const refused = await put(alone);
  expect([refused.outcome, condition(refused, 'InForce')]).toEqual(['refused', 'False AddressNotLocal']);
});

it('lets the statistics page wait as well', async () => {
  const page = { ip: moving, port: 8404, cidrs: [], uri: '/a', user: 'u', password: 'p' };
  const here = await world([own]);
  const router = await open(here, { pair, statistics: [page] });
  expect((await put(router)).outcome).toBe('applied');
});

it('probes with clients of its own, and forgets what the other router has taught of them', async () => {
  const sources = async (self: string, known?: string) => {
    const here = await world([own, '10.1.1.3']);
    const { haproxy, prober } = here.host;
    const seen = new Set<string>();
    const watched: DataPlane['prober'] = {
      open: (socket, source, protocol) => {
        seen.add(source);
        return prober.open(socket, source, protocol);
      },
    };
    const router = await createHaproxyRouter({
      dataPlane: { ...here.host, prober: watched },
      dir,
      settings: { pair: { ...pair, self } },
    });
    await put(router, { stickiness: { method: 'none' } });
    if (known) await haproxy.runtime([`set table 10_0_53_2-8080 key ${known} data.server_id 99`]);
    expect((await put(router, {}, 2)).outcome).toBe('applied');
    return [...seen].sort();
  };
  expect(await sources('r-5-VM', '192.0.2.1')).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(await sources('r-6-VM', '192.0.2.3')).toEqual(['192.0.2.3', '192.0.2.4']);
});

it('gives the other router time to teach its tables after a start, and not when it stands alone', async () => {
  const started = async (settings: Partial<RouterSettings>) => {
    const here = await world([own, moving]);
    const before = here.host.clock.now();
    const router = await open(here, settings);
    await put(router, { stickiness: { method: 'none' } });
    return here.host.clock.now() - before;
  };
  expect(await started({ pair })).toBe(500);
  expect(await started({})).toBe(0);
});

it('says of a sticky rule that the other router does not learn its clients, until it does', async () => {
  const here = await world([own, moving]);
  const router = await open(here);
  await Promise.all([put(router), put(router, { port: 81, stickiness: { method: 'none' } })]);
  const { haproxy } = here.host;
  const plain = haproxy.runtime.bind(haproxy);
  let status = 'CONN';
  haproxy.runtime = async (commands) => {
    const answers = await plain(commands);
    const other = `\n  0x2: id=r-6-VM(remote,active) addr=10.1.1.3:10000 last_status=${status} last_hdshk=0s`;
    return answers.map((answer, at) => (/^show peers/.test(`${commands[at]}`) ? answer + other : answer));
  };
  const messages = async () => {
    await aPeriod(here);
    const { rules } = await router.reportRules({ type: 'reportRules' });
    return rules.map(({ conditions: all }) => `${all.at(-1)!.status} ${all.at(-1)!.message}`);
  };
  const unshared = /^True .*; r-6-VM \(10\.1\.1\.3\) is not connected as a peer: it does not learn the sticky clients/;
  expect(await messages()).toEqual([expect.stringMatching(unshared), expect.not.stringContaining('r-6-VM')]);
  status = 'ESTA';
  expect(await messages()).toEqual([expect.not.stringContaining('r-6-VM'), expect.not.stringContaining('r-6-VM')]);
});
