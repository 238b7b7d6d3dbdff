import { verifyRules } from '@limpet/router';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { json } from '../output/format.ts';
import { inspectLocalRouter, localRouter } from '../rules/local-router.ts';
import { allInForce, showStatuses } from '../rules/show-statuses.ts';
import { readRules } from '../rules/source.ts';
import type { RulesFlags } from './rules-flags.ts';

/** `limpet verify`: reads the router back and probes it, and shows whether each rule is in force. It changes nothing. */
export async function verify(file: string | undefined, flags: RulesFlags, context: Context): Promise<void> {
  const rules = await readRules({ file, from: flags.from });
  const location = localRouter(flags.dir, context.exec);
  const statuses = await verifyRules(await inspectLocalRouter(location, rules), { ...location, rules, probe: true });
  const inForce = allInForce(statuses);
  context.stdout(flags.output === 'json' ? json({ inForce, rules: statuses }) : showStatuses(statuses));
  context.exit(inForce ? exitCodes.done : exitCodes.found);
}
