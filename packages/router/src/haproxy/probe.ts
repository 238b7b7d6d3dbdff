import { readShowSess } from '@limpet/haproxy';
import type { DataPlane } from '../dataplane.ts';
import { entriesOf } from './held-sessions.ts';
import type { RuleLayout } from './layout.ts';
import type { RouterPaths } from './paths.ts';
import { forgetOp, runOps } from './runtime.ts';

/** TEST-NET-1 (RFC 5737): no client has such an address. */
const probeSources = ['192.0.2.1', '192.0.2.2'];
const connectionsEach = 2;

/** HAProxy gives a connection to a server some microseconds after it took it. */
const rounds = 40;
const roundMs = 5;

/** What the probes saw. */
export type ProbeVerdict = { ok: true } | { ok: false; reason: string; message: string };

const fail = (reason: string, message: string): ProbeVerdict => ({ ok: false, reason, message });

/** Servers of the probe connections in hand: they alone come over a unix socket. In http mode none is shown between requests. */
const probed = async ({ haproxy }: DataPlane, proxy: string): Promise<Map<string, string | undefined>> => {
  const [sessions] = await haproxy.runtime(['show sess']);
  const own = readShowSess(sessions!).filter(({ frontend, proto }) => frontend === proxy && proto === 'unix_stream');
  return new Map(own.map(({ id, server }) => [id, server]));
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
 * Plays clients against a source-based rule, through its probe socket: each must get one member for all of its
 * connections. What the probes leave in the table is taken out again.
 */
export async function probeAffinity(dataPlane: DataPlane, rule: RuleLayout, paths: RouterPaths): Promise<ProbeVerdict> {
  const open: { close(): void }[] = [];
  // Connections of an earlier probe may still be closing; what they reached says nothing about this one.
  const others = new Set((await probed(dataPlane, rule.proxy)).keys());
  try {
    for (const source of probeSources) {
      const servers = new Set<string>();
      for (let i = 0; i < connectionsEach; i++) {
        open.push(await dataPlane.prober.open(paths.probe(rule.proxy), source, rule.rule.protocol));
        const server = await stuckTo(dataPlane, rule, source);
        if (server === undefined)
          return fail(
            'NotSticky',
            `no stick-table entry was made for a probe client of ${rule.id}; does any member answer?`,
          );
        servers.add(server);
      }
      for (const [id, server] of await probed(dataPlane, rule.proxy)) {
        if (!others.has(id) && server !== undefined) servers.add(server);
        others.add(id);
      }
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
}
