import type { HaproxySettings } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { cliCommand, readShowInfo, readShowSess } from '@limpet/haproxy';
import { type ConditionUpdate, conditionFalse } from '../../conditions.ts';
import { modeOf } from '../../mode.ts';
import type { RouterPaths } from '../config/paths.ts';
import type { ProxySpec } from '../config/proxy-spec.ts';
import { ready, settledAfterMs } from '../config/resync-wait.ts';
import { forgetOp, runOps } from '../runtime/commands.ts';
import { entriesOf } from '../runtime/sessions.ts';

/**
 * Addresses of a router's probe clients, in TEST-NET-1 (RFC 5737): no client has such an address. The routers of a pair
 * have different ones, since each learns the entries of the other's.
 */
const probeSources = ({ pair }: Pick<HaproxySettings, 'pair'>): string[] => {
  const names = pair?.peers.map(({ name }) => name).sort() ?? [];
  const first = pair ? 2 * names.indexOf(pair.self) : 0;
  return [1, 2].map((host) => `192.0.2.${first + host}`);
};

/** A rule that is probed. */
interface Probe {
  spec: ProxySpec;
  /** Addresses of the probe clients: no more than the rule's table can remember. */
  sources: readonly string[];
  /** Whether the table may have their entries already: the other router of a pair has taught them. */
  mayBeKnown: boolean;
}
const connectionsEach = 2;

/** HAProxy assigns a server some microseconds after it accepted the connection: the probe polls. */
const rounds = 200;
const roundMs = 1;

/** The result of a probe; unless it is ok, with the update for the condition `InForce`. */
export type ProbeVerdict = { ok: true } | ({ ok: false } & ConditionUpdate);

const fail = (reason: string, message: string): ProbeVerdict => ({ ok: false, ...conditionFalse(reason, message) });

/** The current worker, and its probe connections: `session id -> server`. Only probes come over a unix socket. */
interface ProbeSessions {
  worker: number;
  /**
   * True while the worker may let sticky clients wait for its tables, and probes with them: it is young, and no router has
   * told it that they are there. So it is after a reload by another program.
   */
  waits: boolean;
  sessions: Map<string, string | undefined>;
}

const readProbeSessions = async (
  { haproxy }: DataPlane,
  proxy: string,
  { stickMap }: RouterPaths,
): Promise<ProbeSessions> => {
  const commands = ['show info', 'show sess', cliCommand('get', 'map', stickMap, ready)];
  const [info, text, entry] = await haproxy.runtime(commands);
  const { pid, uptime } = readShowInfo(info!);
  const own = readShowSess(text!).filter(({ frontend, proto }) => frontend === proxy && proto === 'unix_stream');
  return {
    worker: pid,
    // HAProxy tells the age in whole seconds.
    waits: uptime * 1000 <= settledAfterMs && !/value="yes"/.test(entry!),
    sessions: new Map(own.map(({ id, server }) => [id, server])),
  };
};

/** The stick table's entries of the probe clients: waits until it has all of them, or until the last round. */
const readEntries = async (dataPlane: DataPlane, { spec, sources }: Probe): Promise<ReadonlyMap<string, string>> => {
  const names = new Map(spec.servers.map(({ id, name }) => [id, name]));
  for (let round = 0; ; round++) {
    const entries = await entriesOf(dataPlane.haproxy, spec.proxy, sources, names);
    if (entries.size === sources.length || round === rounds) return entries;
    await dataPlane.clock.sleep(roundMs);
  }
};

/**
 * Servers of the probe connections that are not among `others`, sorted. Waits until each has a server. A connection
 * that its member has closed never appears, and in http mode none appears between requests.
 */
const readServers = async (
  dataPlane: DataPlane,
  { spec, sources }: Probe,
  paths: RouterPaths,
  others: ReadonlySet<string>,
): Promise<string[]> => {
  for (let round = 0; ; round++) {
    const { sessions } = await readProbeSessions(dataPlane, spec.proxy, paths);
    const servers = [...sessions].flatMap(([id, server]) => (others.has(id) || server === undefined ? [] : [server]));
    const all = servers.length >= sources.length * connectionsEach;
    if (modeOf(spec.rule) === 'http' || all || round === rounds) return servers.sort();
    await dataPlane.clock.sleep(roundMs);
  }
};

/**
 * Opens connections of the probe clients, two where the table has room for them. Each client must get one member for all of its connections: its entry stays
 * the same, and the connections are on the members of the entries. (`show sess` does not show a probe's client.)
 */
const probeOnce = async (
  dataPlane: DataPlane,
  probe: Probe,
  paths: RouterPaths,
  others: ReadonlySet<string>,
): Promise<ProbeVerdict> => {
  const { spec, sources, mayBeKnown } = probe;
  const forget = () =>
    runOps(
      dataPlane.haproxy,
      sources.map((source) => forgetOp(spec.proxy, source)),
    );
  if (mayBeKnown) await forget();
  const open: { close(): void }[] = [];
  const entries: ReadonlyMap<string, string>[] = [];
  try {
    for (let i = 0; i < connectionsEach; i++) {
      const mode = modeOf(spec.rule);
      const opened = sources.map((source) => dataPlane.prober.open(paths.probe(spec.proxy), source, mode));
      for (const each of await Promise.allSettled(opened)) if (each.status === 'fulfilled') open.push(each.value);
      await Promise.all(opened);
      const now = await readEntries(dataPlane, probe);
      if (now.size < sources.length) return now.size + entries.length === 0 ? noMemberAnswers(spec) : notSticky(spec);
      entries.push(now);
    }
    const servers = await readServers(dataPlane, probe, paths, others);
    return verdictOf(probe, entries, servers);
  } finally {
    for (const connection of open) connection.close();
    await forget();
  }
};

const notSticky = ({ id }: ProxySpec): ProbeVerdict =>
  fail('NotSticky', `the stick table has no entry for a probe client of ${id}; do all of its members answer?`);

/** HAProxy adds an entry only when a member has accepted the connection (src/stream.c, `process_store_rules`). */
const noMemberAnswers = ({ id }: ProxySpec): ProbeVerdict => ({
  ok: false,
  status: 'Unknown',
  reason: 'NoMemberAnswers',
  message: `could not be proved: no member of ${id} answers`,
});

/** Connections that members closed at once are missing from `servers`. Pure. */
const verdictOf = (
  { spec, sources }: Probe,
  entries: readonly ReadonlyMap<string, string>[],
  servers: readonly string[],
): ProbeVerdict => {
  const { id } = spec;
  for (const source of sources) {
    const own = new Set(entries.map((each) => each.get(source)));
    if (own.size > 1) return fail('ProbeSplit', `one probe client of ${id} reached ${[...own].join(' and ')}`);
  }
  const left = sources.flatMap((source) => Array<string>(connectionsEach).fill(entries[0]!.get(source)!));
  for (const server of servers) {
    const at = left.indexOf(server);
    if (at < 0)
      return fail('ProbeSplit', `probe clients of ${id} reached ${server} besides the members they are kept on`);
    left.splice(at, 1);
  }
  return { ok: true };
};

/**
 * Probes a source-based rule with synthetic clients, through its probe socket, and deletes their table entries
 * afterwards. A failed probe during a reload is repeated, since the new worker may not have had the entries of the first
 * connections yet; so is one that waited for the worker's tables.
 */
export async function probeAffinity(
  dataPlane: DataPlane,
  spec: ProxySpec,
  paths: RouterPaths,
  settings: Pick<HaproxySettings, 'pair'>,
): Promise<ProbeVerdict> {
  const sources = probeSources(settings).slice(0, spec.table.tableSize);
  const probe: Probe = { spec, sources, mayBeKnown: settings.pair !== undefined };
  for (;;) {
    // Connections of an earlier probe may still be closing, and do not count for this one.
    const { worker, waits, sessions } = await readProbeSessions(dataPlane, spec.proxy, paths);
    const verdict = await probeOnce(dataPlane, probe, paths, new Set(sessions.keys()));
    if (verdict.ok) return verdict;
    const isSame = (await readProbeSessions(dataPlane, spec.proxy, paths)).worker === worker;
    if (isSame && !waits) return verdict;
  }
}
