import { isDeepStrictEqual } from 'node:util';
import type { RuleStatus } from '@limpet/contract';
import {
  allInForce,
  changesTo,
  commandsFor,
  createRouterDir,
  inspectLocalRouter,
  isStandby,
  isWell,
  localRouter,
  RulesError,
  type Source,
  sendCommands,
  withUnreadable,
} from '@limpet/operations';
import { createHaproxyRouter, type RouterLocation, type RouterSnapshot, ruleId } from '@limpet/router';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { json } from '../output/format.ts';
import { exitOnInterrupt } from '../output/interrupt.ts';
import { createProgress } from '../output/progress.ts';
import { forThisRouter } from '../rules/for-this-router.ts';
import { checkFresh, type SavedPlan } from '../rules/saved-plan.ts';
import { showStatuses } from '../rules/show-statuses.ts';
import { readRulesOrPlan } from '../rules/source.ts';
import type { RulesFlags } from './rules-flags.ts';

/**
 * `limpet apply`: changes the router to match the rules or the saved plan, and waits until each rule is in force or refused.
 *
 * @throws RulesError `NOT_IN_FORCE` with the rules that are not; `PLAN_STALE`
 */
export async function apply(file: string | undefined, flags: RulesFlags, context: Context): Promise<void> {
  const read = await readRulesOrPlan({ file, from: flags.from, set: flags.set });
  const location = localRouter(flags.dir, context);
  const snapshot = await inspectLocalRouter(location, read.rules);
  const source = forThisRouter(read, snapshot, context);
  if (source.plan) checkPlan(source.plan, location, snapshot);
  const { changes } = changesTo(source, snapshot, location.dir);
  await createRouterDir(location.dir);
  const statuses = await applyTo(location, source, snapshot, context);
  const inForce = allInForce(statuses);
  context.stdout(
    flags.output === 'json'
      ? json({ changes, inForce, rules: statuses, notCarriedOut: source.notCarriedOut })
      : showStatuses(statuses),
  );
  if (!statuses.every(isWell)) throw notInForce(statuses);
  context.exit(changes ? exitCodes.changes : exitCodes.done);
}

function notInForce(statuses: readonly RuleStatus[]): RulesError {
  const missing = statuses.filter((status) => !isWell(status)).map(({ key }) => ruleId(key));
  const message = `${missing.length} of ${statuses.length} rules are not in force, for the reasons above: ${missing.join(', ')}`;
  return new RulesError('NOT_IN_FORCE', [message]);
}

function checkPlan(plan: SavedPlan, location: RouterLocation, snapshot: RouterSnapshot): void {
  if (plan.dir !== location.dir) {
    throw new RulesError('PLAN_STALE', [`the plan was made for the router in ${plan.dir}; give --dir ${plan.dir}`]);
  }
  checkFresh(plan, snapshot);
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
    throw new RulesError('PLAN_STALE', [
      `another apply came in between, and has changed ${lost.join(', ')}; apply again`,
    ]);
  }
}
