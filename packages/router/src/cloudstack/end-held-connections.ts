import type { RuleRecord } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { readShowProc, readShowSess } from '@limpet/haproxy';
import { drainRulesFor, matches } from '../drain-rules.ts';
import { proxyName } from '../names.ts';

/** A rule before and after a command; undefined: it was not there, or is gone. */
export interface RuleChange {
  before: RuleRecord | undefined;
  after: RuleRecord | undefined;
}

const rounds = 20;
const roundMs = 25;

/** Ends connections that old workers hold against the rules as they are now; those of other rules go on. */
export async function endHeldConnections({ haproxy, clock }: DataPlane, changes: readonly RuleChange[]): Promise<void> {
  const owed = changes.flatMap(({ before, after }) => {
    const drainRules = drainRulesFor(before, after);
    return before && drainRules.length > 0 ? [{ proxy: proxyName(before), drainRules }] : [];
  });
  if (owed.length === 0) return;
  for (let round = 0; round < rounds; round++) {
    let ended = 0;
    for (const { pid } of readShowProc(await haproxy.master('show proc')).oldWorkers) {
      const answer = await haproxy.master(`@!${pid} show sess`);
      if (!/^0x/.test(answer)) continue; // the worker has just ended
      for (const { id, frontend, server, source } of readShowSess(answer)) {
        const session = { id, proxy: frontend ?? '', server, source: source?.ip, sourcePort: source?.port };
        const breaks = owed.some(
          ({ proxy, drainRules }) =>
            proxy === frontend && drainRules.some((drainRule) => matches(drainRule, session, new Map())),
        );
        if (!breaks) continue;
        await haproxy.master(`@!${pid} shutdown session ${id}`);
        ended += 1;
      }
    }
    if (ended === 0) return;
    await clock.sleep(roundMs);
  }
}
