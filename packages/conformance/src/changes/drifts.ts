/**
 * What other programs do to a router's host, and whom `verify` has to name for it.
 *
 * @module
 */
import type { MemberRecord, RuleKey, RuleRecord } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import type { Capabilities, Capability } from '@limpet/haproxy';
import { proxyName } from '@limpet/router';
import { editConfig, limpetConfig } from '../installed-config.ts';

/** One way to change a host behind its router's back. */
interface DriftAct {
  /** Whom it concerns. */
  readonly of: 'rule' | 'all' | 'none';
  /** Part of what `verify` says of them. */
  readonly says: RegExp;
  /** State of the member that it is about; without it, one that serves. */
  readonly server?: MemberRecord['state'];
  /** Whether a rule can have it; without it, every rule with such a member. */
  readonly fits?: (rule: RuleRecord) => boolean;
  /** Connections end with it, or would forbid it: HAProxy deletes no server that a client is on. */
  readonly withoutClients?: boolean;
  /** What HAProxy has to be able to do for it. */
  readonly needs?: Capability;
  /** @param server - the name of one of the rule's servers */
  act(host: Host, key: RuleKey, server: string): Promise<unknown>;
}

interface Host {
  readonly dataPlane: DataPlane;
  readonly dir: string;
}

type Words = (proxy: string, server: string, map: string) => readonly string[];

const runtime = (of: DriftAct['of'], says: RegExp, words: Words): DriftAct => ({
  of,
  says,
  act: ({ dataPlane, dir }, key, server) =>
    dataPlane.haproxy.runtime(words(proxyName(key), server, `${dir}/stick.map`)),
});

type Edit = (text: string, proxy: string) => string;

const edit = (of: DriftAct['of'], says: RegExp, file: string, change: Edit): DriftAct => ({
  of,
  says,
  act: async ({ dataPlane: { files }, dir }, key) => {
    const path = `${dir}/${file}`;
    await files.write(path, change((await files.read(path)) ?? '', proxyName(key)));
  },
});

const editHaproxy = (of: DriftAct['of'], says: RegExp, change: Edit): DriftAct => ({
  of,
  says,
  act: ({ dataPlane, dir }, key) => editConfig(dataPlane, dir, (text) => change(text, proxyName(key))),
});

const filter = (of: DriftAct['of'], says: RegExp, args: (key: RuleKey) => readonly string[]): DriftAct => ({
  of,
  says,
  act: ({ dataPlane }, key) => dataPlane.packetFilter.run(args(key)),
});

/** From HAProxy 3.0 on, a server that moves may have got its cookie at run time: only a reload is sure to give it back. */
const MOVED =
  /server \S+ at another address than 10\.1\.\S+:\d+|server \S+ of \S+ moves, and its cookie names its address/;

/** Of drift that concerns nobody `verify` says nothing. */
const NOTHING = /^$/;

/** Rules whose clients are known by a cookie of their own have no entry in the map. */
const usesMap = ({ stickiness }: RuleRecord): boolean => stickiness.method !== 'AppCookie';

/** HAProxy deletes a server when the last of its connections has ended, which a client may just have closed. */
async function deleteServer({ haproxy, clock }: Pick<DataPlane, 'haproxy' | 'clock'>, at: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const [, answer = ''] = await haproxy.runtime([`set server ${at} state maint`, `del server ${at}`]);
    if (!answer.includes('still has connections')) return;
    await clock.sleep(5);
  }
}

/** Puts a server in the place of another of the same name, address and id, which HAProxy then does not check. */
const addUnchecked = ({ dataPlane }: Host, key: RuleKey, server: string) => addAnew(dataPlane, key, server);

/** Puts a server in the place of another of the same name and address. @param newId - without it, the same */
async function addAnew({ haproxy, clock }: DataPlane, key: RuleKey, server: string, newId?: string): Promise<void> {
  const proxy = proxyName(key);
  const [shown = ''] = await haproxy.runtime([`show servers state ${proxy}`]);
  const words = shown
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, of, , name]) => of === proxy && name === server);
  if (words === undefined) return;
  const [, , id, , ip] = words;
  const at = `${proxy}/${server}`;
  await deleteServer({ haproxy, clock }, at);
  await haproxy.runtime([
    `add server ${at} ${ip}:${words[18]} check id ${newId ?? id} weight ${words[7]}`,
    `enable server ${at}`,
  ]);
}

/** A line of the router's chain, by its number from 1. */
async function lineOf(
  { dataPlane: { packetFilter } }: Host,
  isIt: (line: string) => boolean,
): Promise<{ at: string; words: string[] }> {
  const chain = (await packetFilter.save()).split('\n').filter((line) => line.startsWith('-A LIMPET-LB '));
  const at = chain.findIndex(isIt);
  return { at: `${at + 1}`, words: chain[at]?.split(' ') ?? [] };
}

const deleteLine =
  (target: 'ACCEPT' | 'DROP'): DriftAct['act'] =>
  async (host, { port }) => {
    const { at } = await lineOf(host, (line) => line.includes(` --dport ${port} `) && line.endsWith(`-j ${target}`));
    await host.dataPlane.packetFilter.run(['-D', 'LIMPET-LB', at]);
  };

/** The first line of the chain once more at its end, and no more where it was, or there as well. */
const repeatFirst =
  (moved: boolean): DriftAct['act'] =>
  async (host) => {
    const { packetFilter } = host.dataPlane;
    const { words } = await lineOf(host, () => true);
    if (moved) await packetFilter.run(['-D', 'LIMPET-LB', '1']);
    await packetFilter.run(words);
  };

const acts = {
  'a server into maintenance': runtime('rule', /has server \S+ in maintenance/, (proxy, server) => [
    `set server ${proxy}/${server} state maint`,
  ]),
  'a server out of maintenance': {
    ...runtime('rule', /does not have server \S+ in maintenance/, (proxy, server) => [
      `set server ${proxy}/${server} state ready`,
    ]),
    server: 'maintenance',
  },
  'a server with another weight': runtime('rule', /gives server \S+ another weight than \d+/, (proxy, server) => [
    `set server ${proxy}/${server} weight 7`,
  ]),
  'a server at another address': runtime('rule', MOVED, (proxy, server) => [
    `set server ${proxy}/${server} addr 10.1.1.99 port 80`,
  ]),
  'a server at another port': runtime('rule', MOVED, (proxy, server) => [
    `set server ${proxy}/${server} addr 10.1.2.1 port 81`,
  ]),
  'a server that is not checked': {
    of: 'rule',
    says: /does not check server \S+/,
    needs: 'dynamicServers',
    withoutClients: true,
    act: addUnchecked,
  },
  'a server that is gone': {
    of: 'rule',
    says: /lacks server \S+ 10\.1\.\S+:\d+/,
    needs: 'dynamicServers',
    withoutClients: true,
    act: ({ dataPlane }, key, server) => deleteServer(dataPlane, `${proxyName(key)}/${server}`),
  },
  'a server with another id': {
    of: 'rule',
    says: /only a reload of HAProxy mends it: server \S+ of \S+ has id 901, not \d+/,
    needs: 'dynamicServers',
    withoutClients: true,
    act: ({ dataPlane }, key, server) => addAnew(dataPlane, key, server, '901'),
  },
  'a server of somebody else': {
    ...runtime('rule', /has server evil, which is no member/, (proxy) => [
      `add server ${proxy}/evil 10.1.1.4:80 id 900`,
      `enable server ${proxy}/evil`,
    ]),
    needs: 'dynamicServers',
  },
  'a rule that is not in the map': {
    ...runtime('rule', /map has no entry for the rule: its stickiness is not "(none|source)"/, (proxy, _, map) => [
      `del map ${map} ${proxy}`,
    ]),
    fits: usesMap,
  },
  'a rule with another value in the map': {
    ...runtime('rule', /map has another entry for the rule: its stickiness is not/, (proxy, _, map) => [
      `set map ${map} ${proxy} other`,
    ]),
    fits: usesMap,
  },
  // A worker that is not told that its tables are there waits for them no longer than three seconds: nothing is lacking then.
  'tables that are not there': runtime('none', NOTHING, (_, __, map) => [`set map ${map} ready no`]),
  'another limit of connections': runtime('rule', /limit of connections is not \d+/, (proxy) => [
    `set maxconn frontend ${proxy} 77`,
  ]),
  'a frontend that is disabled': runtime('rule', /frontend is disabled: it refuses new clients/, (proxy) => [
    `disable frontend ${proxy}`,
  ]),
  'a frontend that is shut down': runtime(
    'rule',
    /only a reload \S+ \S+ mends it: the frontend of \S+ was shut down/,
    (proxy) => [`shutdown frontend ${proxy}`],
  ),
  'a section that was edited': editHaproxy(
    'rule',
    /its section of haproxy\.d\/rules-\d\d\.cfg was edited/,
    (text, proxy) => text.replace(new RegExp(`^(listen ${proxy}\n)`, 'm'), '$1  # edited\n'),
  ),
  'the rest of the file that was edited': editHaproxy('all', /haproxy\.d\/00-global\.cfg was edited outside/, (text) =>
    text.replace('retries 3', 'retries 2'),
  ),
  'a line of the map that was edited': edit('rule', /its line of stick\.map was edited/, 'stick.map', (text, proxy) =>
    text.replace(new RegExp(`^(${proxy}) .*$`, 'm'), '$1 edited'),
  ),
  'an accept that is gone': { of: 'rule', says: /its accept is not in LIMPET-LB any more/, act: deleteLine('ACCEPT') },
  'a drop that is gone': {
    of: 'rule',
    says: /its drop of other networks is not in LIMPET-LB any more/,
    fits: ({ cidrs }) => cidrs.length > 0,
    act: deleteLine('DROP'),
  },
  'a filter rule of somebody else': filter('all', /LIMPET-LB has a rule of somebody else: -p tcp -j DROP/, () => [
    '-A',
    'LIMPET-LB',
    '-p',
    'tcp',
    '-j',
    'DROP',
  ]),
  'a filter rule before the chain': {
    of: 'rule',
    says: /before LIMPET-LB that decides about its clients: /,
    act: async ({ dataPlane: { packetFilter } }, { port }) => {
      const drop = ['-s', '198.18.0.0/17', '-p', 'tcp', '-m', 'tcp', '--dport', `${port}`, '-j', 'DROP'];
      await packetFilter.run(['-D', 'INPUT', ...drop]); // it may still be there, behind the chain
      await packetFilter.run(['-I', 'INPUT', '1', ...drop]);
    },
  },
  'a filter rule that stands elsewhere': { of: 'all', says: /in another order, or twice/, act: repeatFirst(true) },
  'a filter rule that stands twice': { of: 'all', says: /in another order, or twice/, act: repeatFirst(false) },
  'a chain that is not asked': filter('all', /INPUT does not jump to LIMPET-LB any more/, () => [
    '-D',
    'INPUT',
    '-j',
    'LIMPET-LB',
  ]),
  'HAProxy that was killed': {
    of: 'all',
    says: /HAProxy is not running/,
    withoutClients: true,
    act: ({ dataPlane }) => dataPlane.haproxy.stop(),
  },
  'HAProxy that was started by somebody else': {
    of: 'none',
    says: NOTHING,
    withoutClients: true,
    act: async ({ dataPlane: { haproxy }, dir }) => {
      await haproxy.stop();
      await haproxy.start(limpetConfig(dir));
    },
  },
  'HAProxy that was reloaded by somebody else': {
    of: 'none',
    says: NOTHING,
    act: ({ dataPlane }) => dataPlane.haproxy.signalReload(),
  },
} as const satisfies Readonly<Record<string, DriftAct>>;

/** A kind of drift, in words. */
export type DriftKind = keyof typeof acts;
/** All kinds of drift. */
export const DRIFT_KINDS = Object.keys(acts) as readonly DriftKind[];
/** What a kind of drift does, and whom it concerns. */
export const driftOfKind = (kind: DriftKind): DriftAct => acts[kind];
/** Whether a rule can drift in this way. */
export const canDrift = (kind: DriftKind, rule: RuleRecord): boolean => {
  const { server = 'serving', fits = () => true } = driftOfKind(kind);
  return fits(rule) && rule.members.some(({ state }) => state === server);
};

/** Whether another program can do it to this HAProxy. */
export const isPossible = (kind: DriftKind, { supported }: Capabilities): boolean => {
  const { needs }: DriftAct = driftOfKind(kind);
  return needs === undefined || supported.has(needs);
};
