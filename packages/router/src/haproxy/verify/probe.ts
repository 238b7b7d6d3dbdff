import type { DataPlane } from '@limpet/data-plane';
import { readShowInfo, readShowSess } from '@limpet/haproxy';
import { type ConditionUpdate, conditionFalse } from '../../conditions.ts';
import { modeOf } from '../../mode.ts';
import type { RouterPaths } from '../config/paths.ts';
import type { ProxySpec } from '../config/proxy-spec.ts';
import { forgetOp, runOps } from '../runtime/commands.ts';
import { entriesOf } from '../runtime/sessions.ts';

/** TEST-NET-1 (RFC 5737): no client has such an address. */
const probeSources = ['192.0.2.1', '192.0.2.2'];
const connectionsEach = 2;

/** HAProxy gives a connection to a server some microseconds after it took it. */
const rounds = 200;
const roundMs = 1;

/** What the probes saw; unless it is well, what is to be said of `InForce`. */
export type ProbeVerdict = { ok: true } | ({ ok: false } & ConditionUpdate);

const fail = (reason: string, message: string): ProbeVerdict => ({ ok: false, ...conditionFalse(reason, message) });

/** The worker that answers, and the servers of its probe connections in hand: they alone come over a unix socket. */
interface Probed {
  worker: number;
  sessions: Map<string, string | undefined>;
}

const probed = async ({ haproxy }: DataPlane, proxy: string): Promise<Probed> => {
  const [info, text] = await haproxy.runtime(['show info', 'show sess']);
  const own = readShowSess(text!).filter(({ frontend, proto }) => frontend === proxy && proto === 'unix_stream');
  return { worker: readShowInfo(info!).pid, sessions: new Map(own.map(({ id, server }) => [id, server])) };
};

/** Where the stick table sends the clients: waits until it knows all of them, or for as long as it takes to give up. */
const stuckTo = async (dataPlane: DataPlane, rule: ProxySpec): Promise<ReadonlyMap<string, string>> => {
  const names = new Map(rule.servers.map(({ id, name }) => [id, name]));
  for (let round = 0; ; round++) {
    const entries = await entriesOf(dataPlane.haproxy, rule.proxy, probeSources, names);
    if (entries.size === probeSources.length || round === rounds) return entries;
    await dataPlane.clock.sleep(roundMs);
  }
};

/**
 * Servers of the connections that are not among `others`, sorted. Waits until each has one; one that its member has
 * closed never shows up, and in http mode none is shown between requests.
 */
const reached = async (
  dataPlane: DataPlane,
  { proxy, rule }: ProxySpec,
  others: ReadonlySet<string>,
): Promise<string[]> => {
  for (let round = 0; ; round++) {
    const { sessions } = await probed(dataPlane, proxy);
    const servers = [...sessions].flatMap(([id, server]) => (others.has(id) || server === undefined ? [] : [server]));
    const all = servers.length >= probeSources.length * connectionsEach;
    if (modeOf(rule) === 'http' || all || round === rounds) return servers.sort();
    await dataPlane.clock.sleep(roundMs);
  }
};

/**
 * Each client of the probe must get one member for all of its connections: its entry stays, and the members that all
 * connections reached are those of the entries. `show sess` does not tell whose connection it shows.
 */
const play = async (
  dataPlane: DataPlane,
  rule: ProxySpec,
  paths: RouterPaths,
  others: ReadonlySet<string>,
): Promise<ProbeVerdict> => {
  const open: { close(): void }[] = [];
  const entries: ReadonlyMap<string, string>[] = [];
  try {
    for (let i = 0; i < connectionsEach; i++) {
      const mode = modeOf(rule.rule);
      const opened = probeSources.map((source) => dataPlane.prober.open(paths.probe(rule.proxy), source, mode));
      for (const each of await Promise.allSettled(opened)) if (each.status === 'fulfilled') open.push(each.value);
      await Promise.all(opened);
      const now = await stuckTo(dataPlane, rule);
      if (now.size < probeSources.length) return now.size + entries.length === 0 ? noAnswer(rule) : notSticky(rule);
      entries.push(now);
    }
    const servers = await reached(dataPlane, rule, others);
    return verdictOf(rule, entries, servers);
  } finally {
    for (const connection of open) connection.close();
    await runOps(
      dataPlane.haproxy,
      probeSources.map((source) => forgetOp(rule.proxy, source)),
    );
  }
};

const notSticky = ({ id }: ProxySpec): ProbeVerdict =>
  fail('NotSticky', `the stick table has no entry for a probe client of ${id}; do all of its members answer?`);

/** HAProxy makes an entry only when a member has taken the connection (src/stream.c, `process_store_rules`). */
const noAnswer = ({ id }: ProxySpec): ProbeVerdict => ({
  ok: false,
  status: 'Unknown',
  reason: 'NoMemberAnswers',
  message: `could not be proved: no member of ${id} answers`,
});

/** Connections that were closed at once are not among `servers`. Pure. */
const verdictOf = (
  { id }: ProxySpec,
  entries: readonly ReadonlyMap<string, string>[],
  servers: readonly string[],
): ProbeVerdict => {
  for (const source of probeSources) {
    const own = new Set(entries.map((each) => each.get(source)));
    if (own.size > 1) return fail('ProbeSplit', `one probe client of ${id} reached ${[...own].join(' and ')}`);
  }
  const left = probeSources.flatMap((source) => Array<string>(connectionsEach).fill(entries[0]!.get(source)!));
  for (const server of servers) {
    const at = left.indexOf(server);
    if (at < 0)
      return fail('ProbeSplit', `probe clients of ${id} reached ${server} besides the members they are kept on`);
    left.splice(at, 1);
  }
  return { ok: true };
};

/**
 * Plays clients against a source-based rule, through its probe socket. What the probes leave in the table is taken out
 * again. Probes that a reload cut in two prove nothing: the new worker may not have had the first one's entry yet.
 */
export async function probeAffinity(dataPlane: DataPlane, rule: ProxySpec, paths: RouterPaths): Promise<ProbeVerdict> {
  for (;;) {
    // Connections of an earlier probe may still be closing; what they reached says nothing about this one.
    const { worker, sessions } = await probed(dataPlane, rule.proxy);
    const verdict = await play(dataPlane, rule, paths, new Set(sessions.keys()));
    if (verdict.ok || (await probed(dataPlane, rule.proxy)).worker === worker) return verdict;
  }
}
