import type { RuleRecord } from '@limpet/contract';
import { acceptChain, acceptRules, type Published, publishedOf } from './chain-rules.ts';
import { type AcceptChain, usurpersOf } from './sync-chain.ts';

/** What our chain was left as. */
export interface LeftChain {
  rules: readonly { id: string; rule: RuleRecord }[];
  statsPage: Published | undefined;
}

/** What others have changed of it, in words. */
export interface ChainDrift {
  /** Of one rule. */
  rules: [id: string, what: string][];
  /** Of all. */
  all: string[];
}

const noChain: AcceptChain = { rules: [], linked: false, ahead: [] };

/** What differs between our chain as it was left and as it was found. Pure. */
export function chainDrift(found: AcceptChain | undefined, { rules, statsPage }: LeftChain): ChainDrift {
  const drift: ChainDrift = { rules: [], all: [] };
  const chain = found ?? noChain;
  const there = new Set(chain.rules);
  const usurpers = usurpersOf(chain);
  const compare = (published: Published, named: (part: string) => string, add: (what: string) => void): void => {
    for (const line of acceptRules([published])) {
      const part = line.endsWith('DROP') ? 'drop of other networks' : 'accept';
      if (!there.delete(line)) add(`${named(part)} is not in ${acceptChain} any more`);
    }
    for (const decider of usurpers(published)) {
      add(`INPUT has a rule before ${acceptChain} that decides about ${named('clients')}: ${decider.join(' > ')}`);
    }
  };
  if (!chain.linked) drift.all.push(`INPUT does not jump to ${acceptChain} any more`);
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
  for (const line of there) drift.all.push(`${acceptChain} has a rule of somebody else: ${line}`);
  const wanted = acceptRules(
    publishedOf(
      rules.map(({ rule }) => rule),
      statsPage,
    ),
  );
  const isMoved = chain.rules.join('\n') !== wanted.join('\n') && drift.rules.length + drift.all.length === 0;
  if (isMoved) drift.all.push(`the rules of ${acceptChain} stand in another order, or twice`);
  return drift;
}
