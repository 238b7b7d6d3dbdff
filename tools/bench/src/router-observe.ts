import type { RuleRecord } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { readServersState, readShowStat } from '@limpet/haproxy';
import { proxyName } from '@limpet/router';

/** How a router's HAProxy says that a rule is sticky: by an entry in a map, or by having a stick table at all. */
export type StickySign = { map: string } | 'table';

/**
 * Whether the worker that answers now does what the rule says: who serves, how clients are balanced, whether they
 * stick. The same questions for every router, to the running HAProxy and never to a file.
 *
 * @param key where a rule is that is to be gone; then `rule` is undefined
 */
export async function obeys(
  { haproxy }: DataPlane,
  rule: RuleRecord | undefined,
  key: { ip: string; port: number },
  sign: StickySign,
): Promise<boolean> {
  const proxy = proxyName({ ip: key.ip, port: key.port });
  const sticky = sign === 'table' ? `show table ${proxy}` : `get map ${sign.map} ${proxy}`;
  const [stat, state, stickiness] = await haproxy.runtime([
    `show stat ${proxy} 2 -1`,
    `show servers state ${proxy}`,
    sticky,
  ]);
  // HAProxy takes a name that it does not know for the number that it begins with: 203_0_113_1-80 for its proxy 203.
  const rows = stat!.startsWith('#') ? readShowStat(stat!) : [];
  const backend = rows.find((row) => row.kind === 'backend' && row.proxy === proxy);
  if (rule === undefined || backend === undefined) return rule === undefined && backend === undefined;
  if (backend.cell('algo') !== rule.algorithm) return false;
  const serving = readServersState(state!).filter(({ weight, maintenance }) => weight > 0 && !maintenance);
  const wanted = rule.members.filter(({ state: of }) => of === 'serving');
  if (
    addresses(serving.map(({ address, port }) => `${address}:${port}`)) !==
    addresses(wanted.map(({ ip, port }) => `${ip}:${port}`))
  )
    return false;
  const isSticky = sign === 'table' ? stickiness!.startsWith('# table:') : /value="source"/.test(stickiness!);
  return isSticky === (rule.stickiness.method === 'SourceBased');
}

const addresses = (list: readonly string[]): string => [...list].sort().join();
