import type { RuleRecord } from '@limpet/contract';
import { type ChainListener, chainName, chainRules, listenersOf } from './chain-rules.ts';
import { type ChainState, shadowingRulesOf } from './sync-chain.ts';

/** What our chain was left as. */
export interface LastAppliedChain {
  rules: readonly { id: string; rule: RuleRecord }[];
  statsPage: ChainListener | undefined;
}

/** What others have changed of it, in words. */
export interface ChainDrift {
  /** Of one rule. */
  rules: [id: string, what: string][];
  /** Of all. */
  all: string[];
}

const noChain: ChainState = { rules: [], linked: false, precedingRules: [] };

/** What differs between our chain as it was left and as it was found. Pure. */
export function chainDrift(found: ChainState | undefined, { rules, statsPage }: LastAppliedChain): ChainDrift {
  const drift: ChainDrift = { rules: [], all: [] };
  const chain = found ?? noChain;
  const there = new Set(chain.rules);
  const shadowingRules = shadowingRulesOf(chain);
  const compare = (listeners: ChainListener, named: (part: string) => string, add: (what: string) => void): void => {
    for (const line of chainRules([listeners])) {
      const part = line.endsWith('DROP') ? 'drop of other networks' : 'accept';
      if (!there.delete(line)) add(`${named(part)} is not in ${chainName} any more`);
    }
    for (const rule of shadowingRules(listeners)) {
      add(`INPUT has a rule before ${chainName} that decides about ${named('clients')}: ${rule.join(' > ')}`);
    }
  };
  if (!chain.linked) drift.all.push(`INPUT does not jump to ${chainName} any more`);
  if (statsPage)
    compare(
      statsPage,
      (part) => `the ${part} of the statistics page`,
      (what) => drift.all.push(what),
    );
  for (const { id, rule } of rules) {
    compare(
      rule,
      (part) => `its ${part}`,
      (what) => drift.rules.push([id, what]),
    );
  }
  for (const line of there) drift.all.push(`${chainName} has a rule of somebody else: ${line}`);
  const wanted = chainRules(
    listenersOf(
      rules.map(({ rule }) => rule),
      statsPage,
    ),
  );
  const isMoved = chain.rules.join('\n') !== wanted.join('\n') && drift.rules.length + drift.all.length === 0;
  if (isMoved) drift.all.push(`the rules of ${chainName} stand in another order, or twice`);
  return drift;
}
