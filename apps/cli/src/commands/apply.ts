import { resolve } from 'node:path';
import { type AgentClient, type Applied, findAgent } from '@limpet/agent/client';
import { listed, type RuleStatus } from '@limpet/contract';
import { inspectLocalRouter, isWell, localRouter, RulesError } from '@limpet/operations';
import { ruleId } from '@limpet/router';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { json } from '../output/format.ts';
import { applyHere } from '../rules/apply-here.ts';
import { tellNotCarriedOut } from '../rules/for-this-router.ts';
import { checkPlan } from '../rules/saved-plan.ts';
import { showStatuses } from '../rules/show-statuses.ts';
import { readRulesOrPlan, type SourceOrPlan } from '../rules/source.ts';
import type { RulesFlags } from './rules-flags.ts';

/**
 * `limpet apply`: changes the router to match the rules or the saved plan, and waits until each rule is in force or refused.
 * An agent that drives the router is told to do it.
 *
 * @throws RulesError `NOT_IN_FORCE` with the rules that are not; `PLAN_STALE`
 */
export async function apply(file: string | undefined, flags: RulesFlags, context: Context): Promise<void> {
  const read = await readRulesOrPlan({ file, from: flags.from, set: flags.set });
  const agent = await findAgent(resolve(flags.dir));
  const applied = await (agent ? applyByAgent(agent, read, flags, context) : applyHere(read, flags, context));
  const { changes, rules } = applied;
  context.stdout(flags.output === 'json' ? json(applied) : showStatuses(rules));
  if (!rules.every(isWell)) throw notInForce(rules);
  context.exit(changes ? exitCodes.changes : exitCodes.done);
}

function notInForce(statuses: readonly RuleStatus[]): RulesError {
  const missing = statuses.filter((status) => !isWell(status)).map(({ key }) => ruleId(key));
  const message = `${missing.length} of ${statuses.length} rules are not in force, for the reasons above: ${listed(missing)}`;
  return new RulesError('NOT_IN_FORCE', [message]);
}

/** A saved plan is checked on the router as it is read from outside; a change that comes after that makes the agent refuse. */
async function applyByAgent(
  agent: AgentClient,
  { plan, ...source }: SourceOrPlan,
  flags: RulesFlags,
  context: Context,
): Promise<Applied> {
  let seen: number | undefined;
  if (plan) {
    const location = localRouter(flags.dir, context.exec);
    const snapshot = await inspectLocalRouter(location, source.rules);
    checkPlan(plan, location.dir, snapshot);
    seen = snapshot.generation;
  }
  const applied = await agent.apply(source, seen);
  tellNotCarriedOut(applied.notCarriedOut, context);
  return applied;
}
