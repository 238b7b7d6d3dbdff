/**
 * What other programs do to a router's host, and whom `verify` has to name for it.
 *
 * @module
 */
import type { RuleKey } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { proxyName } from '@limpet/router';

/** One way to change a host behind its router's back. */
interface DriftAct {
  /** Whom it concerns. */
  readonly of: 'rule' | 'all';
  /** Connections end with it, or would forbid it: HAProxy deletes no server that a client is on. */
  readonly withoutClients?: boolean;
  /** @param server - the name of one of the rule's servers */
  act(host: Host, key: RuleKey, server: string): Promise<unknown>;
}

interface Host {
  readonly dataPlane: DataPlane;
  readonly dir: string;
}

type Words = (proxy: string, server: string, map: string) => readonly string[];

const runtime = (of: DriftAct['of'], words: Words): DriftAct => ({
  of,
  act: ({ dataPlane, dir }, key, server) =>
    dataPlane.haproxy.runtime(words(proxyName(key), server, `${dir}/stick.map`)),
});

const edit = (of: DriftAct['of'], file: string, change: (text: string, proxy: string) => string): DriftAct => ({
  of,
  act: async ({ dataPlane: { files }, dir }, key) => {
    const path = `${dir}/${file}`;
    await files.write(path, change((await files.read(path)) ?? '', proxyName(key)));
  },
});

const filter = (...args: readonly string[]): DriftAct => ({
  of: 'all',
  act: ({ dataPlane }) => dataPlane.packetFilter.run(args),
});

/** Puts a server in the place of another of the same name, address and id, which HAProxy then does not check. */
async function addUnchecked({ dataPlane: { haproxy } }: Host, key: RuleKey, server: string): Promise<void> {
  const proxy = proxyName(key);
  const [shown = ''] = await haproxy.runtime([`show servers state ${proxy}`]);
  const words = shown
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, of, , name]) => of === proxy && name === server);
  if (words === undefined) return;
  const [, , id, , ip] = words;
  const at = `${proxy}/${server}`;
  await haproxy.runtime([
    `set server ${at} state maint`,
    `del server ${at}`,
    `add server ${at} ${ip}:${words[18]} check id ${id} weight ${words[7]}`,
    `enable server ${at}`,
  ]);
}

async function deleteAccept({ dataPlane: { packetFilter } }: Host, { port }: RuleKey): Promise<void> {
  const chain = (await packetFilter.save()).split('\n').filter((line) => line.startsWith('-A LIMPET-LB '));
  const at = chain.findIndex((line) => line.includes(` --dport ${port} `) && line.endsWith('-j ACCEPT'));
  await packetFilter.run(['-D', 'LIMPET-LB', `${at + 1}`]);
}

const acts = {
  'a server into maintenance': runtime('rule', (proxy, server) => [`set server ${proxy}/${server} state maint`]),
  'a server with another weight': runtime('rule', (proxy, server) => [`set server ${proxy}/${server} weight 7`]),
  'a server at another address': runtime('rule', (proxy, server) => [
    `set server ${proxy}/${server} addr 10.1.1.99 port 80`,
  ]),
  'a server at another port': runtime('rule', (proxy, server) => [
    `set server ${proxy}/${server} addr 10.1.2.1 port 81`,
  ]),
  'a server that is not checked': { of: 'rule', withoutClients: true, act: addUnchecked },
  'a server that is gone': {
    ...runtime('rule', (proxy, server) => [
      `set server ${proxy}/${server} state maint`,
      `del server ${proxy}/${server}`,
    ]),
    withoutClients: true,
  },
  'a server of somebody else': runtime('rule', (proxy) => [
    `add server ${proxy}/evil 10.1.1.4:80 id 900`,
    `enable server ${proxy}/evil`,
  ]),
  'a rule that is not in the map': runtime('rule', (proxy, _, map) => [`del map ${map} ${proxy}`]),
  'tables that are not there': runtime('all', (_, __, map) => [`set map ${map} ready no`]),
  'a map that is empty': runtime('all', (_, __, map) => [`clear map ${map}`]),
  'another limit of connections': runtime('rule', (proxy) => [`set maxconn frontend ${proxy} 77`]),
  'a frontend that is disabled': runtime('rule', (proxy) => [`disable frontend ${proxy}`]),
  'a frontend that is shut down': runtime('rule', (proxy) => [`shutdown frontend ${proxy}`]),
  'a section that was edited': edit('rule', 'haproxy.cfg', (text, proxy) =>
    text.replace(new RegExp(`^(listen ${proxy}\n)`, 'm'), '$1  # edited\n'),
  ),
  'the rest of the file that was edited': edit('all', 'haproxy.cfg', (text) => text.replace('retries 3', 'retries 2')),
  'a line of the map that was edited': edit('rule', 'stick.map', (text, proxy) =>
    text.replace(new RegExp(`^(${proxy}) .*$`, 'm'), '$1 edited'),
  ),
  'an accept that is gone': { of: 'rule', act: deleteAccept },
  'a filter rule of somebody else': filter('-A', 'LIMPET-LB', '-p', 'tcp', '-j', 'DROP'),
  'a chain that is not asked': filter('-D', 'INPUT', '-j', 'LIMPET-LB'),
  'HAProxy that was killed': { of: 'all', withoutClients: true, act: ({ dataPlane }) => dataPlane.haproxy.stop() },
} as const satisfies Readonly<Record<string, DriftAct>>;

/** A kind of drift, in words. */
export type DriftKind = keyof typeof acts;
/** All kinds of drift. */
export const DRIFT_KINDS = Object.keys(acts) as readonly DriftKind[];
/** What a kind of drift does, and whom it concerns. */
export const driftOfKind = (kind: DriftKind): DriftAct => acts[kind];
