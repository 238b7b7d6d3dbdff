import { isDeepStrictEqual } from 'node:util';
import type { RuleStatus } from '@limpet/contract';
import { createHaproxyRouter, type RouterLocation, type RouterSnapshot, ruleId } from '@limpet/router';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { json } from '../output/format.ts';
import { exitOnInterrupt } from '../output/interrupt.ts';
import { createProgress } from '../output/progress.ts';
import { changesTo, commandsFor } from '../rules/changes.ts';
import { RulesError } from '../rules/errors.ts';
import { lookAt, makeDir, thisMachine } from '../rules/local-router.ts';
import { checkFresh, type SavedPlan } from '../rules/saved-plan.ts';
import { bringAbout } from '../rules/send-commands.ts';
import { allInForce, isInForce, showStatuses } from '../rules/show-statuses.ts';
import { readRulesOrPlan, type Source } from '../rules/source.ts';
import type { RulesFlags } from './rules-flags.ts';

/** `limpet apply`: brings the rules about, and waits until each is in force or refused. */
export async function apply(file: string | undefined, flags: RulesFlags, context: Context): Promise<void> {
  const source = await readRulesOrPlan({ file, from: flags.from });
  const place = thisMachine(flags.dir);
  const view = await lookAt(place, source.rules);
  if (source.plan) checkPlan(source.plan, place, view);
  const { changes } = changesTo(source.rules, view, place.dir);
  await makeDir(place.dir);
  const statuses = await applyTo(place, source, view, context);
  const inForce = allInForce(statuses);
  context.stdout(flags.output === 'json' ? json({ changes, inForce, rules: statuses }) : showStatuses(statuses));
  if (!inForce) throw notInForce(statuses);
  context.exit(changes ? exitCodes.changes : exitCodes.done);
}

function notInForce(statuses: readonly RuleStatus[]): RulesError {
  const missing = statuses.filter((status) => !isInForce(status)).map(({ key }) => ruleId(key));
  const message = `${missing.length} of ${statuses.length} rules are not in force, for the reasons above: ${missing.join(', ')}`;
  return new RulesError('NOT_IN_FORCE', [message]);
}

function checkPlan(plan: SavedPlan, place: RouterLocation, view: RouterSnapshot): void {
  if (plan.dir !== place.dir) {
    throw new RulesError('PLAN_STALE', [`the plan was made for the router in ${plan.dir}; give --dir ${plan.dir}`]);
  }
  checkFresh(plan, view);
}

async function applyTo(place: RouterLocation, { rules }: Source, view: RouterSnapshot, context: Context) {
  const commands = commandsFor(rules, view);
  const progress = createProgress(context.stderr);
  exitOnInterrupt(progress);
  const router = await createHaproxyRouter(place);
  let statuses: RuleStatus[];
  try {
    let left = commands.length;
    statuses = await bringAbout(router, commands, (id, { outcome }) => {
      left--;
      progress.show(`${id}: ${outcome === 'applied' ? 'in force' : outcome}; ${left} rules to go`);
    });
  } finally {
    progress.clear();
    await router.detach();
  }
  await checkUndisputed(place, rules);
  return statuses;
}

/** Somebody may have been faster between our look at the router and our hold of it. */
async function checkUndisputed(place: RouterLocation, rules: Source['rules']): Promise<void> {
  const { wanted } = await lookAt(place);
  const lost = rules.map(ruleId).filter((id, at) => !isDeepStrictEqual(wanted[id]?.rule, rules[at]));
  if (lost.length > 0) {
    throw new RulesError('PLAN_STALE', [
      `another apply came in between, and has changed ${lost.join(', ')}; apply again`,
    ]);
  }
}
