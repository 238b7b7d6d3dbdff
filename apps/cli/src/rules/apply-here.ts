import { isDeepStrictEqual } from 'node:util';
import type { Applied } from '@limpet/agent/client';
import { listed, type RuleStatus } from '@limpet/contract';
import {
  allInForce,
  changesTo,
  commandsFor,
  createRouterDir,
  inspectLocalRouter,
  isStandby,
  localRouter,
  RulesError,
  type Source,
  sendCommands,
  withUnreadable,
} from '@limpet/operations';
import { createHaproxyRouter, type RouterLocation, type RouterSnapshot, ruleId } from '@limpet/router';
import type { Context } from '../context.ts';
import { exitOnInterrupt } from '../output/interrupt.ts';
import { createProgress } from '../output/progress.ts';
import { forThisRouter } from './for-this-router.ts';
import { checkPlan } from './saved-plan.ts';
import type { SourceOrPlan } from './source.ts';

/**
 * Drives the router of this machine from this process until each rule is in force or refused.
 *
 * @throws RulesError `PLAN_STALE`, RouterError `ROUTER_LOCKED`
 */
export async function applyHere(read: SourceOrPlan, flags: { dir: string }, context: Context): Promise<Applied> {
  const location = localRouter(flags.dir, context.exec);
  const snapshot = await inspectLocalRouter(location, read.rules);
  const source = forThisRouter(read, snapshot, context);
  if (source.plan) checkPlan(source.plan, location.dir, snapshot);
  const { changes } = changesTo(source, snapshot, location.dir);
  await createRouterDir(location.dir);
  const rules = await applyTo(location, source, snapshot, context);
  return { changes, inForce: allInForce(rules), rules, notCarriedOut: source.notCarriedOut };
}

async function applyTo(location: RouterLocation, source: Source, snapshot: RouterSnapshot, context: Context) {
  const { rules, settings, unreadable } = source;
  const commands = commandsFor(source, snapshot);
  const progress = createProgress(context.stderr);
  exitOnInterrupt(progress);
  const router = await createHaproxyRouter({ ...location, settings });
  let statuses: RuleStatus[];
  try {
    let left = commands.length;
    statuses = await sendCommands(router, commands, (id, { outcome, rules: [status] }) => {
      left--;
      const reached = status && isStandby(status) ? 'waits for its address' : 'in force';
      progress.show(`${id}: ${outcome === 'applied' ? reached : outcome}; ${left} rules to go`);
    });
  } finally {
    progress.clear();
    await router.detach();
  }
  await checkNoOtherApply(location, rules);
  return withUnreadable(statuses, unreadable, snapshot, location.dataPlane.clock.now());
}

/** Another apply may have changed the router between our inspection of it and our lock on it. */
async function checkNoOtherApply(location: RouterLocation, rules: Source['rules']): Promise<void> {
  const { wanted } = await inspectLocalRouter(location);
  const lost = rules.map(ruleId).filter((id, at) => !isDeepStrictEqual(wanted[id]?.rule, rules[at]));
  if (lost.length > 0) {
    throw new RulesError('PLAN_STALE', [`another apply came in between, and has changed ${listed(lost)}; apply again`]);
  }
}
