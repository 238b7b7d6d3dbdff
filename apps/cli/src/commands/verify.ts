import {
  allInForce,
  inspectLocalRouter,
  isWell,
  keptRules,
  localRouter,
  membersOf,
  withUnreadable,
} from '@limpet/operations';
import { verifyRules } from '@limpet/router';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { json } from '../output/format.ts';
import { forThisRouter } from '../rules/for-this-router.ts';
import { showMembers } from '../rules/show-members.ts';
import { showStatuses } from '../rules/show-statuses.ts';
import { readRules } from '../rules/source.ts';
import type { RulesFlags } from './rules-flags.ts';

/** `limpet verify`: reads the router back and probes it, and shows whether each rule is in force. It changes nothing. */
export async function verify(file: string | undefined, flags: RulesFlags, context: Context): Promise<void> {
  const read = await readRules({ file, from: flags.from, set: flags.set });
  const location = localRouter(flags.dir, context.exec);
  const snapshot = await inspectLocalRouter(location, read.rules);
  const { settings, unreadable, ...source } = forThisRouter(read, snapshot, context);
  const rules = [...source.rules, ...keptRules(unreadable, snapshot)];
  const found = await verifyRules(snapshot, { ...location, rules, settings, probe: true });
  const statuses = withUnreadable(found, unreadable, snapshot, location.dataPlane.clock.now());
  const members = membersOf(snapshot);
  const inForce = allInForce(statuses);
  context.stdout(
    flags.output === 'json'
      ? json({ inForce, rules: statuses, members })
      : showStatuses(statuses) + showMembers(members),
  );
  context.exit(statuses.every(isWell) ? exitCodes.done : exitCodes.found);
}
