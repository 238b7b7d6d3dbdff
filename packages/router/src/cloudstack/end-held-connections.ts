import type { RuleRecord } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { readShowProc, readShowSess } from '@limpet/haproxy';
import { drainRulesFor, matches } from '../drain-rules.ts';
import { proxyName } from '../names.ts';

/** A rule before and after a command; undefined when the rule did not exist, or was removed. */
export interface RuleChange {
  before: RuleRecord | undefined;
  after: RuleRecord | undefined;
}

const rounds = 20;
const roundMs = 25;

/**
 * Ends connections of old workers that break the new versions of changed rules; connections of other rules continue.
 */
export async function endHeldConnections({ haproxy, clock }: DataPlane, changes: readonly RuleChange[]): Promise<void> {
  const drains = changes.flatMap(({ before, after }) => {
    const drainRules = drainRulesFor(before, after);
    return before && drainRules.length > 0 ? [{ proxy: proxyName(before), drainRules }] : [];
  });
  if (drains.length === 0) return;
  for (let round = 0; round < rounds; round++) {
    let ended = 0;
    for (const { pid } of readShowProc(await haproxy.master('show proc')).oldWorkers) {
      const answer = await haproxy.master(`@!${pid} show sess`);
      if (!/^0x/.test(answer)) continue; // the worker has just ended
      for (const { id, frontend, server, source } of readShowSess(answer)) {
        const session = { id, proxy: frontend ?? '', server, source: source?.ip, sourcePort: source?.port };
        const hasToEnd = drains.some(
          ({ proxy, drainRules }) =>
            proxy === frontend && drainRules.some((drainRule) => matches(drainRule, session, new Map())),
        );
        if (!hasToEnd) continue;
        await haproxy.master(`@!${pid} shutdown session ${id}`);
        ended += 1;
      }
    }
    if (ended === 0) return;
    await clock.sleep(roundMs);
  }
}
