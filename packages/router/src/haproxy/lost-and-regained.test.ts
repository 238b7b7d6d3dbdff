import { readFile } from 'node:fs/promises';
import type { CommandResult, RuleRecord, RuleStatus } from '@limpet/contract';
import { createMemoryDataPlane, type Listener, type MemoryDataPlane } from '@limpet/data-plane';
import { describe, expect, it } from 'vitest';
import { installedConfig } from '../../testing/installed-config.ts';
import { member, rule, sourceBased } from '../../testing/rules.ts';
import { turns } from '../../testing/test-session.ts';
import type { admissionChecks } from './admission/validate-rule.ts';
import type { RouterSettings } from './config/settings.ts';
import { createHaproxyRouter, type HaproxyRouter } from './router.ts';

/** The host of a router as a test changes it. */
interface World {
  host: MemoryDataPlane;
  addresses: string[];
  listeners: Listener[];
}

const page = { ip: '10.0.53.2', port: 8080, uri: '/admin?stats', user: 'admin', password: 'secret1', cidrs: [] };

/** How a rule that was in force stops being one that can be served, and is one again. */
interface Loss {
  /** The rule that is lost. */
  rule?: Partial<RuleRecord>;
  reason: string;
  /** What happens to the host; without it, the router is opened again with other settings. */
  lose?(world: World): Promise<unknown> | unknown;
  restore?(world: World): Promise<unknown> | unknown;
  settings?: Partial<RouterSettings>;
}

const lostIp = '10.0.53.9';
const pem = async (): Promise<string> => {
  const read = (name: string) => readFile(new URL(`../../testdata/${name}.pem`, import.meta.url), 'utf8');
  return (await read('certificate')) + (await read('key'));
};
const ssl = { protocol: 'ssl', certificate: '/site.pem' } as const;

/** Each check of admission: the losses that it can find, or why it finds none in a rule that nobody has changed. */
const kinds: Record<keyof typeof admissionChecks, Record<string, Loss> | 'only the rule counts'> = {
  address: {
    'its address moves to another router': {
      reason: 'AddressNotLocal',
      lose: ({ addresses }) => addresses.splice(addresses.indexOf(lostIp), 1),
      restore: ({ addresses }) => addresses.push(lostIp),
    },
  },
  port: {
    'its port is reserved': { reason: 'PortReserved', settings: { reservedPorts: [8080] } },
    'the statistics page gets its port': { reason: 'PortReserved', settings: { statistics: [page] } },
  },
  listener: {
    'another process takes a part of its connections': {
      reason: 'PortShared',
      lose: ({ listeners }) => listeners.push({ ip: lostIp, port: 8080, processes: [{ name: 'nginx', pid: 7 }] }),
      restore: ({ listeners }) => listeners.pop(),
    },
  },
  members: 'only the rule counts',
  unused: 'only the rule counts',
  certificate: {
    'its certificate has gone': {
      rule: ssl,
      reason: 'CertificateUnreadable',
      lose: ({ host }) => host.files.remove('/site.pem'),
      restore: async ({ host }) => host.files.write('/site.pem', await pem()),
    },
    'its certificate is broken': {
      rule: ssl,
      reason: 'CertificateUnreadable',
      lose: ({ host }) => host.files.write('/site.pem', '-----BEGIN CERTIFICATE-----\n'),
      restore: async ({ host }) => host.files.write('/site.pem', await pem()),
    },
  },
  limit: {
    'the router accepts fewer connections': {
      rule: { maxConnections: 2_000 },
      reason: 'TooManyConnections',
      settings: { maxConnections: 1_000 },
    },
  },
  health: 'only the rule counts',
  stickiness: 'only the rule counts',
  // A rule that is in force stays: the one that would close the circle is refused.
  forwarding: 'only the rule counts',
  capacity: {
    'a process gets fewer descriptors': {
      reason: 'DescriptorBudgetExceeded',
      settings: { budget: { tableBytes: 1e12, fileDescriptors: 8_325 } },
    },
    'tables get less memory': {
      rule: { stickiness: sourceBased },
      reason: 'TableBudgetExceeded',
      settings: { budget: { tableBytes: 1_000 } },
    },
  },
};

const losses = Object.values(kinds).flatMap((kind) => (typeof kind === 'string' ? [] : Object.entries(kind)));

async function open({ rule: change = {} }: Loss) {
  const addresses = ['10.0.53.2', lostIp];
  const world: World = { host: createMemoryDataPlane({ localAddresses: addresses }), addresses, listeners: [] };
  world.host.listeners = async () => world.listeners;
  await world.host.files.write('/site.pem', await pem());
  await world.host.vms.start([member('vm1'), member('vm2')]);
  const router = await again(world);
  // The rule that goes on comes first: it is not the one for which no room is left.
  const wanted = [rule(), rule({ ip: lostIp, ...change })];
  return { world, wanted, router };
}

const again = ({ host }: World, settings: Partial<RouterSettings> = {}): Promise<HaproxyRouter> =>
  createHaproxyRouter({ dataPlane: host, dir: '/limpet', settings });

/** Sends both rules, as they were sent before. */
const send = (router: HaproxyRouter, wanted: readonly RuleRecord[]): Promise<CommandResult[]> =>
  Promise.all(wanted.map((each, at) => router.putRule({ type: 'putRule', rule: each, generation: at + 1 })));

const told = (results: readonly CommandResult[]): string[] =>
  results.map(({ outcome, rules }) => {
    const inForce = rules[0]?.conditions.find(({ type }) => type === 'InForce');
    return `${outcome} ${inForce?.status} ${inForce?.reason}`;
  });

const reported = async (router: HaproxyRouter): Promise<CommandResult[]> => {
  const { rules } = await router.reportRules({ type: 'reportRules' });
  return rules.map((each) => ({ outcome: isInForce(each) ? 'applied' : 'refused', rules: [each] }));
};

const isInForce = ({ conditions }: RuleStatus): boolean =>
  conditions.some(({ type, status }) => type === 'InForce' && status === 'True');

const aPeriod = async ({ host }: World): Promise<void> => {
  await host.clock.sleep(5_000);
  await turns(20_000);
};

const well = ['applied True Verified', 'applied True Verified'];

/** What is left when one rule is lost. Reserved ports and the statistics page concern both, since they have one port. */
const left = ({ reason }: Loss): string[] => {
  const lost = `refused False ${reason}`;
  return [reason === 'PortReserved' ? lost : well[0]!, lost];
};

describe('a rule that was in force and cannot be served any more', () => {
  it.each(losses)('is answered after a restart although it has not changed, and others go on: %s', async (_, loss) => {
    const { world, wanted, router } = await open(loss);
    expect(told(await send(router, wanted))).toEqual(well);
    await turns(); // what the answers said is stored as well
    await loss.lose?.(world);
    expect(told(await send(await again(world, loss.settings), wanted))).toEqual(left(loss));
    await loss.restore?.(world);
    expect(told(await send(await again(world), wanted))).toEqual(well);
  });

  it.each(losses.filter(([, { lose }]) => lose))(
    'says so within a drift period, lets others change, and comes back by itself: %s',
    async (_, loss) => {
      const { world, wanted, router } = await open(loss);
      expect(told(await send(router, wanted))).toEqual(well);
      await loss.lose!(world);
      await aPeriod(world);
      expect(told(await send(router, wanted))).toEqual(left(loss));
      const change = { type: 'putRule' as const, rule: rule({ algorithm: 'leastconn' }), generation: 3 };
      expect(told([await router.putRule(change)])).toEqual(['applied True Verified']);
      await loss.restore!(world);
      await aPeriod(world);
      expect(told(await reported(router))).toEqual(well);
    },
  );

  it('is started without it when HAProxy was ended meanwhile, and reloaded with it when its address is back', async () => {
    const { lose, restore, ...loss } = Object.values(kinds.address)[0] as Loss;
    const { world, wanted, router } = await open(loss);
    await send(router, wanted);
    await lose!(world);
    await world.host.haproxy.stop();
    await aPeriod(world);
    expect(told(await reported(router))).toEqual(left(loss));
    await restore!(world);
    await aPeriod(world);
    expect(told(await reported(router))).toEqual(well);
    const [answer] = await world.host.clients.ask([{ client: '198.18.0.1', ip: lostIp, port: 8080, protocol: 'tcp' }]);
    expect(answer).toMatchObject({ ok: true });
  });

  it('stays away when a router is opened on a HAProxy that was started without it: its listener would fail all', async () => {
    const { lose, ...loss } = Object.values(kinds.address)[0] as Loss;
    const { world, wanted, router } = await open(loss);
    await send(router, wanted);
    await lose!(world);
    await world.host.haproxy.stop();
    await aPeriod(world);
    const next = await again(world);
    const change = { type: 'putRule' as const, rule: rule({ algorithm: 'source' }), generation: 3 };
    expect(told([await next.putRule(change)])).toEqual(['applied True Verified']);
    expect(await installedConfig(world.host)).not.toContain(`bind ${lostIp}:`);
  });
});

it('keeps no rule from a change, nor HAProxy from a start, that the statistics page has lost its address', async () => {
  const { world, wanted } = await open({ reason: 'none' });
  const statistics = [{ ...page, ip: '10.0.53.7', port: 8404 }];
  world.addresses.push('10.0.53.7');
  expect(told(await send(await again(world, { statistics }), wanted))).toEqual(well);
  world.addresses.pop();
  const router = await again(world, { statistics: [{ ...page, ip: '10.0.53.7', port: 8405 }] });
  const change = { type: 'putRule' as const, rule: rule({ algorithm: 'source' }), generation: 3 };
  expect(told([await router.putRule(change)])).toEqual(['applied True Verified']);
  await world.host.haproxy.stop();
  await aPeriod(world);
  expect(told(await reported(router))).toEqual(well);
});
