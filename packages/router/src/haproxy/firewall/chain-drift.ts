import type { RuleRecord } from '@limpet/contract';
import { type ChainListener, chainName, chainRules, listenersOf } from './chain-rules.ts';
import type { OwnListener } from './own-listeners.ts';
import { type ChainState, noChain, shadowingRulesOf } from './sync-chain.ts';

/** The rules that the chain was last written for. */
export interface LastAppliedChain {
  rules: readonly { id: string; rule: RuleRecord }[];
  /** The router's own listeners. */
  own: readonly OwnListener[];
}

/** How the chain differs from what was last written, in words. */
export interface ChainDrift {
  /** Differences that concern one rule. */
  rules: [id: string, what: string][];
  /** Differences that concern all rules. */
  all: string[];
}

/** Compares the chain as it was read with what was last written. Pure. */
export function chainDrift(observed: ChainState | undefined, { rules, own }: LastAppliedChain): ChainDrift {
  const drift: ChainDrift = { rules: [], all: [] };
  const chain = observed ?? noChain;
  const unexplained = new Set(chain.rules);
  const shadowingRules = shadowingRulesOf(chain);
  const compare = (listener: ChainListener, named: (part: string) => string, add: (what: string) => void): void => {
    for (const line of chainRules([listener])) {
      const part = line.endsWith('DROP') ? 'drop of other networks' : 'accept';
      if (!unexplained.delete(line)) add(`${named(part)} is not in ${chainName} any more`);
    }
    for (const rule of shadowingRules(listener)) {
      add(`INPUT has a rule before ${chainName} that decides about ${named('clients')}: ${rule.join(' > ')}`);
    }
  };
  if (!chain.linked) drift.all.push(`INPUT does not jump to ${chainName} any more`);
  for (const { what: name, ...listener } of own) {
    compare(
      listener,
      (part) => `the ${part} of ${name}`,
      (what) => drift.all.push(what),
    );
  }
  for (const { id, rule } of rules) {
    compare(
      rule,
      (part) => `its ${part}`,
      (what) => drift.rules.push([id, what]),
    );
  }
  for (const line of unexplained) drift.all.push(`${chainName} has a rule of somebody else: ${line}`);
  const wanted = chainRules(
    listenersOf(
      rules.map(({ rule }) => rule),
      own,
    ),
  );
  const isMoved = chain.rules.join('\n') !== wanted.join('\n') && drift.rules.length + drift.all.length === 0;
  if (isMoved) drift.all.push(`the rules of ${chainName} stand in another order, or twice`);
  return drift;
}
