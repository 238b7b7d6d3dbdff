/**
 * Observes the router's host through HAProxy, the packet filter and clients, with readers that share no code with the router.
 *
 * @module
 */
import type { RuleKey, RuleRecord } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import type { Capabilities } from '@limpet/haproxy';
import { proxyName, ruleId } from '@limpet/router';
import { clientProtocol } from '../concretize/client-protocol.ts';
import type { ExpectedOutcome } from '../concretize/expected-outcome.ts';
import { installedConfig } from '../installed-config.ts';
import { certificateIn } from '../sut/certificates.ts';
import { sectionOf } from '../sut/config-section.ts';
import type { TestBed } from '../sut/test-bed.ts';
import type { TestSession } from '../sut/test-session.ts';
import { limitsIn } from './limits.ts';
import { canAsk, named, observedClients, type RuleObservation, withEnded } from './rule-observation.ts';

/** What was observed after a step. */
export interface Observation {
  /** By rule id. */
  rules: Record<string, RuleObservation>;
  /** Each server's proxy, numeric id and name. */
  ids: readonly { of: string; id: string; vm: string }[];
  /** Number of current workers of HAProxy. */
  workers: number;
  /** Lines that the packet filter has twice. */
  twice: readonly string[];
  /** Differences between HAProxy's files and its process, in words. */
  files: readonly string[];
}

/** Observes every rule of the model. Clients connect where the model determines which VM must answer. */
export async function observe({ testBed, sut }: TestSession, { rules, alive }: ExpectedOutcome): Promise<Observation> {
  const { dataPlane, dir } = testBed.host();
  const { haproxy } = dataPlane;
  const filter = (await testBed.filter.saved()).split('\n').filter((line) => line.startsWith('-A '));
  const twice = filter.filter((line, at) => filter.indexOf(line) < at);
  const running = await haproxy.running();
  const process = running ? await readProcess(dataPlane, dir, testBed.haproxy) : undefined;
  const observations: Record<string, RuleObservation> = {};
  for (const { key, installed } of rules) {
    const proxy = proxyName(key);
    const seen: RuleObservation = {
      ...(process?.proxies.get(proxy) ?? { servers: [] }),
      accepts: acceptsOf(filter, key),
    };
    if (installed !== undefined && !sut.traits.filtersNetworks) delete seen.accepts;
    if (installed !== undefined && !sut.traits.namesServers) seen.servers = named(seen.servers, installed.rule);
    if (installed !== undefined) seen.servers = withEnded(seen.servers, installed.rule, alive).sort();
    if (installed?.rule.stickiness.method === 'SourceBased') seen.table = process?.tables.get(proxy) ?? 'none';
    if (installed !== undefined && canAsk(installed.rule, alive) && process?.proxies.has(proxy))
      Object.assign(seen, await askClients(testBed, installed.rule));
    observations[ruleId(key)] = seen;
  }
  return {
    rules: observations,
    ids: process?.ids ?? [],
    workers: process?.workers ?? 0,
    twice,
    files: process?.files ?? [],
  };
}

interface Process {
  ids: { of: string; id: string; vm: string }[];
  proxies: Map<string, Omit<RuleObservation, 'accepts'>>;
  tables: Map<string, string>;
  workers: number;
  files: string[];
}

async function readProcess({ haproxy, files }: DataPlane, dir: string, { supported }: Capabilities): Promise<Process> {
  const [proc, config, map] = await Promise.all([
    haproxy.master('show proc'),
    installedConfig({ files }, dir),
    files.read(`${dir}/stick.map`),
  ]);
  const commands = ['show stat', 'show table', 'show env LIMPET_CONFIG_HASH', `show map ${dir}/stick.map`];
  const [stat = '', tables = '', env = '', shownMap = ''] = await haproxy.runtime(commands).catch(() => []);
  const { proxies, ids } = readStat(stat);
  for (const [proxy, seen] of proxies) {
    const section = sectionOf(config, proxy);
    if (section === undefined) continue;
    if (!supported.has('dynamicServers')) seen.servers = withoutLeft(seen.servers, section);
    seen.limits = limitsIn(section);
    const shown = /^\s*bind .*\bcrt (\S+)/m.exec(section)?.[1];
    if (shown === undefined) continue;
    const [answer = ''] = await haproxy.runtime([`show ssl cert ${shown}`]).catch(() => []);
    seen.certificate = certificateIn(answer);
  }
  return {
    proxies,
    ids,
    tables: new Map(
      [...tables.matchAll(/^# table: (\S+?), .*\bsize:(\d+)/gm)].map(([, name, size]) => [name!, `size ${size}`]),
    ),
    workers: [...proc.replace(/^# old workers[\s\S]*/m, '').matchAll(/^\d+\s+worker/gm)].length,
    files: config === undefined || map === undefined ? [] : disagreements(config, map, { env, shownMap, proxies }),
  };
}

/** Without those that have left: up to 2.5, HAProxy deletes no server, and keeps it in maintenance until its next reload. */
function withoutLeft(servers: readonly string[], section: string): string[] {
  return servers.filter(
    (server) => !server.endsWith(' maintenance') || section.includes(`server ${server.split(' ')[0]} `),
  );
}

function readStat(csv: string): Pick<Process, 'proxies' | 'ids'> {
  const [head = '', ...lines] = csv.replace(/^# /, '').split('\n');
  const columns = head.split(',');
  const rows = lines
    .filter((line) => line !== '')
    .map((line) => {
      const cells = line.split(',');
      return (name: string) => cells[columns.indexOf(name)] ?? '';
    });
  const proxies = new Map<string, Omit<RuleObservation, 'accepts'>>();
  for (const cell of rows.filter((row) => row('svname') === 'BACKEND')) {
    const own = rows.filter((row) => row('pxname') === cell('pxname') && row('type') === '2');
    const servers = own.map((row) => `${row('svname')} ${row('addr')} ${stateOf(row('status'), row('weight'))}`).sort();
    proxies.set(cell('pxname'), { servers, mode: cell('mode'), balance: cell('algo') });
  }
  const ids = rows
    .filter((row) => row('type') === '2')
    .map((row) => ({ of: row('pxname'), id: row('sid'), vm: row('svname') }));
  return { proxies, ids };
}

function stateOf(status: string, weight: string): string {
  if (status.startsWith('MAINT')) return 'maintenance';
  if (status.startsWith('DRAIN') || weight === '0') return 'draining';
  return weight === '1' ? 'serving' : `serving weight ${weight}`;
}

/** Where the files would lead to another state than the running one when HAProxy reads them again. */
function disagreements(
  config: string,
  map: string,
  { env, shownMap, proxies }: { env: string; shownMap: string; proxies: Process['proxies'] },
) {
  const found: string[] = [];
  const mark = /^\s*setenv LIMPET_CONFIG_HASH (\S+)/m.exec(config)?.[1];
  if (mark !== undefined && !env.includes(mark))
    found.push(`its files have config hash ${mark}, HAProxy runs ${env.trim()}`);
  const entries = (text: string) =>
    [...text.matchAll(/^(?:0x\S+ )?(\d+_\d+_\d+_\d+-\d+ \S+)/gm)].map(([, entry]) => entry!).sort();
  const [onDisk, inProcess] = [entries(map), entries(shownMap)];
  if (onDisk.length > 0 && onDisk.join() !== inProcess.join())
    found.push(`stick.map has ${onDisk.join(', ')}, HAProxy ${inProcess.join(', ')}`);
  const inFile = [...config.matchAll(/^\s*server (\S+ \S+) id \d+ weight (\d+)( disabled)?/gm)].map(
    ([, server, weight = '', disabled]) => `${server} ${stateOf(disabled ? 'MAINT' : 'UP', weight)}`,
  );
  const running = [...proxies.values()].flatMap(({ servers }) => servers);
  if (inFile.sort().join() !== running.sort().join())
    found.push(`its files have servers ${inFile.join(', ')}, HAProxy ${running.join(', ')}`);
  return found;
}

function acceptsOf(filter: readonly string[], { ip, port }: RuleKey): string[] {
  return filter
    .filter(
      (line) => line.includes(` -d ${ip}/32 `) && line.includes(` --dport ${port} `) && line.endsWith('-j ACCEPT'),
    )
    .map((line) => / -s (\S+) /.exec(line)?.[1] ?? 'everybody')
    .sort();
}

/** One client asks twice, over fresh connections; then its entry is removed from the stick table. */
async function askClients({ kind, clients, host }: TestBed, rule: RuleRecord): Promise<Partial<RuleObservation>> {
  const { haproxy } = host().dataPlane;
  const { ip, port } = rule;
  const client = '198.18.0.1';
  const ask = { client, ip, port, protocol: clientProtocol(rule) };
  const [first] = await clients.ask([ask]);
  const [second] = await clients.ask([ask]);
  const answers = [first, second].map((answer) => (answer?.ok ? answer.vm : (answer?.error ?? 'nothing')));
  const proxy = proxyName(rule);
  const forget = `clear table ${proxy} key ${client}`;
  const [shown = ''] = await haproxy.runtime([`show table ${proxy} key ${client}`, forget]);
  // On a real network a connection without an answer costs the whole timeout.
  const [stranger] = kind === 'memory' ? await clients.ask([{ ...ask, client: '198.19.0.1' }]) : [];
  return {
    ...(stranger && { stranger: stranger.ok ? 'is answered' : 'is turned away' }),
    sticky: shown.includes(`key=${client}`) ? 'the client has an entry' : 'the client has none',
    clients: observedClients(rule, answers),
  };
}
