import { readShowInfo, readShowSess } from '@limpet/haproxy';
import type { DataPlane } from '../dataplane.ts';
import { modeOf } from '../mode.ts';
import { entriesOf } from './held-sessions.ts';
import type { RuleLayout } from './layout.ts';
import type { RouterPaths } from './paths.ts';
import { forgetOp, runOps } from './runtime.ts';

/** TEST-NET-1 (RFC 5737): no client has such an address. */
const probeSources = ['192.0.2.1', '192.0.2.2'];
const connectionsEach = 2;

/** HAProxy gives a connection to a server some microseconds after it took it. */
const rounds = 200;
const roundMs = 1;

/** What the probes saw. */
export type ProbeVerdict = { ok: true } | { ok: false; reason: string; message: string };

const fail = (reason: string, message: string): ProbeVerdict => ({ ok: false, reason, message });

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

const stuckTo = async (dataPlane: DataPlane, rule: RuleLayout, source: string): Promise<string | undefined> => {
  const names = new Map(rule.servers.map(({ id, name }) => [id, name]));
  for (let round = 0; round < rounds; round++) {
    const server = (await entriesOf(dataPlane.haproxy, rule.proxy, [source], names)).get(source);
    if (server !== undefined) return server;
    await dataPlane.clock.sleep(roundMs);
  }
  return undefined;
};

/**
 * Servers of the connections that are not among `others`, and adds them to those. Waits until each has one: a connection
 * that shows up late would be taken for the next client's. One that its member has closed never shows up; in http mode
 * none is shown between requests, and a probe is answered before it counts as open.
 */
const reachedBy = async (dataPlane: DataPlane, { proxy, rule }: RuleLayout, others: Set<string>): Promise<string[]> => {
  for (let round = 0; ; round++) {
    const { sessions } = await probed(dataPlane, proxy);
    const own = [...sessions].filter(([id]) => !others.has(id));
    const servers = own.flatMap(([, server]) => server ?? []);
    if (modeOf(rule) === 'http' || servers.length >= connectionsEach || round === rounds) {
      for (const [id] of own) others.add(id);
      return servers;
    }
    await dataPlane.clock.sleep(roundMs);
  }
};

/** Each client of the probe must get one member for all of its connections. */
const play = async (
  dataPlane: DataPlane,
  rule: RuleLayout,
  paths: RouterPaths,
  others: Set<string>,
): Promise<ProbeVerdict> => {
  const open: { close(): void }[] = [];
  try {
    for (const source of probeSources) {
      const servers = new Set<string>();
      for (let i = 0; i < connectionsEach; i++) {
        open.push(await dataPlane.prober.open(paths.probe(rule.proxy), source, modeOf(rule.rule)));
        const server = await stuckTo(dataPlane, rule, source);
        if (server === undefined)
          return fail(
            'NotSticky',
            `no stick-table entry was made for a probe client of ${rule.id}; does any member answer?`,
          );
        servers.add(server);
      }
      for (const server of await reachedBy(dataPlane, rule, others)) servers.add(server);
      if (servers.size > 1)
        return fail('ProbeSplit', `one probe client of ${rule.id} reached ${[...servers].join(' and ')}`);
    }
    return { ok: true };
  } finally {
    for (const connection of open) connection.close();
    await runOps(
      dataPlane.haproxy,
      probeSources.map((source) => forgetOp(rule.proxy, source)),
    );
  }
};

/**
 * Plays clients against a source-based rule, through its probe socket. What the probes leave in the table is taken out
 * again. Probes that a reload cut in two prove nothing: the new worker may not have had the first one's entry yet.
 */
export async function probeAffinity(dataPlane: DataPlane, rule: RuleLayout, paths: RouterPaths): Promise<ProbeVerdict> {
  for (;;) {
    // Connections of an earlier probe may still be closing; what they reached says nothing about this one.
    const { worker, sessions } = await probed(dataPlane, rule.proxy);
    const verdict = await play(dataPlane, rule, paths, new Set(sessions.keys()));
    if (verdict.ok || (await probed(dataPlane, rule.proxy)).worker === worker) return verdict;
  }
}
