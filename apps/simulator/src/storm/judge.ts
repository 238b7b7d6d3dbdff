import type { RuleRecord } from '@limpet/contract';
import { type Finding, judgeRule, type Observation } from '../judge.ts';
import type { Demands } from './demands.ts';

/**
 * Judges a rule in a storm, where judging by `judgeRule` alone would ask too much or too little:
 *
 * - A hash over the members sends some clients elsewhere when a member comes or goes, and lets go of no connection: what
 *   was held before counts only when the rule has just come to bind its clients.
 * - Members that drain get no client who is not bound to them.
 */
export function judgeInStorm(
  rule: RuleRecord,
  observations: readonly Observation[],
  demands: Demands | undefined,
): Finding | undefined {
  const hashed = rule.algorithm === 'source' && rule.stickiness.method === 'none';
  const counted = hashed && !demands?.endsHeld ? observations.filter(({ kind }) => kind === 'fresh') : observations;
  return judgeRule(rule, counted) ?? drains(rule, observations);
}

function drains(rule: RuleRecord, observations: readonly Observation[]): Finding | undefined {
  if (rule.stickiness.method !== 'none') return undefined;
  const draining = new Set(rule.members.filter(({ state }) => state === 'draining').map(({ vm }) => vm));
  const wrong = observations.find(({ kind, answer }) => kind === 'fresh' && answer.ok && draining.has(answer.vm));
  if (!wrong?.answer.ok) return undefined;
  const saw = `client ${wrong.client} on a fresh connection: ${wrong.answer.vm}`;
  return { rule: `${rule.ip}:${rule.port}`, expected: 'no new client on a member that drains', saw };
}
