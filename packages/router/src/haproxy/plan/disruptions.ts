import type { RuleRecord, Stickiness } from '@limpet/contract';
import { type DrainRule, drainRulesFor } from '../../drain-rules.ts';
import { modeOf } from '../../mode.ts';
import type { RouterSettings } from '../config/settings.ts';

const reasons = {
  hashed: 'their clients may be hashed to another member',
  gone: 'the rule goes',
  protocol: 'they speak the former protocol',
};

const describeDrainRule = (drainRule: DrainRule, end: string): string => {
  switch (drainRule.kind) {
    case 'affinity':
      return `held connections of clients that are not where the stick table sends them ${end}`;
    case 'everything':
      return `all held connections ${end}: ${reasons[drainRule.until]}`;
    case 'servers':
      return `held connections to ${drainRule.endpoints.map((each) => each.split(' ')[0]).join(', ')} ${end}`;
    case 'sources':
      return `held connections from outside ${drainRule.cidrs.join(', ')} ${end}`;
  }
};

/** How HAProxy recognises a client: when this changes, HAProxy balances the rule's clients anew. */
const persistenceOf = (stickiness: Stickiness): string => {
  switch (stickiness.method) {
    case 'none':
    case 'SourceBased':
      return stickiness.method;
    case 'LbCookie':
      return `LbCookie ${stickiness.cookieName}`;
    case 'AppCookie':
      return `AppCookie ${stickiness.cookieName} ${stickiness.length}`;
  }
};

/** The connections and clients that a change of a rule disrupts, a sentence each. Pure. */
export function disruptions(
  before: RuleRecord | undefined,
  after: RuleRecord | undefined,
  { drainDeadlineMs }: RouterSettings,
): string[] {
  if (before === after) return [];
  const end = `end after ${drainDeadlineMs / 1000} s at the latest`;
  const held = drainRulesFor(before, after).map((drainRule) => describeDrainRule(drainRule, end));
  if (!before || !after || before.stickiness.method === 'none') return held;
  if (persistenceOf(before.stickiness) === persistenceOf(after.stickiness)) return held;
  return [...held, `clients that were bound by ${before.stickiness.method} are balanced anew`];
}

/** How a reload disrupts rules that do not change, a sentence each. */
export const reloadDisruptions = (rules: readonly RuleRecord[]): string[] =>
  rules.some((rule) => modeOf(rule) === 'http')
    ? ['idle HTTP connections of every rule are closed; their clients open new ones']
    : [];
