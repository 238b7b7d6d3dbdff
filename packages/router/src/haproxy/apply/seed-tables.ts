import { bindingOf, seedEntries } from '../../drain-rules.ts';
import { type ProxySpec, takesClients } from '../config/proxy-spec.ts';
import { forgetAllOp, type RuntimeOp, seedOp } from '../runtime/commands.ts';
import type { LiveState } from '../runtime/live-state.ts';
import { heldOf, type WorkerSessions } from '../runtime/sessions.ts';

/**
 * Rules that become sticky by table with this change. A rule that HAProxy serves without an entry in the map, because
 * another program cleared the map, is among them. A rule that waits for its address is not: the other router, which
 * serves its clients, may have taught their entries already.
 *
 * @param standby ids of rules whose clients the other router of the pair serves.
 */
export const newlySticky = (rules: readonly ProxySpec[], live: LiveState, standby: ReadonlySet<string>): ProxySpec[] =>
  rules.filter(
    ({ id, rule, proxy }) =>
      bindingOf(rule) === 'table' &&
      live.frontends.has(proxy) &&
      (live.stick.get(proxy) ?? 'none') === 'none' &&
      !standby.has(id),
  );

/**
 * Commands that fill the tables of these rules with the clients that hold connections, before HAProxy asks the tables
 * for the first time: a client that connects in between finds its entry. The tables are cleared first, since entries
 * from an earlier time of stickiness are out of date.
 */
export const seedOps = async (
  rules: readonly ProxySpec[],
  live: LiveState,
  workerSessions: WorkerSessions,
): Promise<RuntimeOp[]> => {
  if (rules.length === 0) return [];
  const seen = await workerSessions.sessionsOf(new Set(rules.map(({ proxy }) => proxy)));
  return rules.flatMap(({ proxy, servers }) => {
    const known = live.servers.get(proxy);
    const serving = servers.filter((server) => takesClients(server) && known?.get(server.name)?.maintenance === false);
    const ids = new Map(serving.map(({ name, id }) => [name, id]));
    const held = heldOf(seen, proxy, undefined).map(({ session }) => session);
    const entries = [...seedEntries(held, new Set(ids.keys()))];
    return [forgetAllOp(proxy), ...entries.map(([source, server]) => seedOp(proxy, source, ids.get(server)!))];
  });
};
