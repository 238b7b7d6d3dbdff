import type { RuleRecord } from '@limpet/contract';
import { type Finding, judgeRule, type Observation } from '../clients/judge.ts';
import type { AllowedDisruption } from './allowed-disruption.ts';

/**
 * Judges a rule in a storm, where judging by `judgeRule` alone would ask too much or too little:
 *
 * - A hash over the members sends some clients elsewhere when a member comes or goes, and lets go of no connection: what
 *   was held before counts only when the rule has just come to bind its clients.
 * - Members that drain get only clients that are bound to them.
 * - Weights show in the shares of round robin.
 */
export function judgeInStorm(
  rule: RuleRecord,
  observations: readonly Observation[],
  allowed: AllowedDisruption | undefined,
): Finding | undefined {
  const hashed = rule.algorithm === 'source' && rule.stickiness.method === 'none';
  const counted = hashed && !allowed?.endsHeld ? observations.filter(({ kind }) => kind === 'fresh') : observations;
  return judgeRule(rule, counted) ?? drains(rule, observations) ?? shares(rule, observations);
}

/** Fewer connections say nothing about weights. */
const fewestToShare = 12;

/** Round robin gives each member as many new clients as its weight says, give or take those that it had begun with. */
function shares(rule: RuleRecord, observations: readonly Observation[]): Finding | undefined {
  const fresh = observations.filter(({ kind }) => kind === 'fresh');
  if (rule.algorithm !== 'roundrobin' || rule.stickiness.method !== 'none' || fresh.length < fewestToShare) {
    return undefined;
  }
  const serving = rule.members.filter(({ state }) => state === 'serving');
  const total = serving.reduce((sum, { weight = 1 }) => sum + weight, 0);
  for (const { vm, weight = 1 } of serving) {
    const due = (fresh.length * weight) / total;
    const got = fresh.filter(({ answer }) => answer.ok && answer.vm === vm).length;
    if (Math.abs(got - due) > Math.max(2, due / 2)) {
      const expected = `about ${due.toFixed(1)} of ${fresh.length} new clients on ${vm}, by its weight of ${weight}`;
      return { rule: `${rule.ip}:${rule.port}`, expected, saw: `${got}` };
    }
  }
  return undefined;
}

function drains(rule: RuleRecord, observations: readonly Observation[]): Finding | undefined {
  if (rule.stickiness.method === 'SourceBased') return undefined;
  const draining = new Set(rule.members.filter(({ state }) => state === 'draining').map(({ vm }) => vm));
  const wrong = observations.find(
    ({ kind, bound, answer }) => kind === 'fresh' && bound === undefined && answer.ok && draining.has(answer.vm),
  );
  if (!wrong?.answer.ok) return undefined;
  const saw = `client ${wrong.client} on a fresh connection: ${wrong.answer.vm}`;
  return { rule: `${rule.ip}:${rule.port}`, expected: 'no new client on a member that drains', saw };
}
