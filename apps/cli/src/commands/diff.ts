import type { Context } from '../context.ts';
import { json } from '../output/format.ts';
import { changesTo, exitCodeOf } from '../rules/changes.ts';
import { inspectLocalRouter, localRouter } from '../rules/local-router.ts';
import { showDiff } from '../rules/show-diff.ts';
import { readRules } from '../rules/source.ts';
import type { RulesFlags } from './rules-flags.ts';

/** `limpet diff`: shows the fields in which the rules and the router differ. */
export async function diff(file: string | undefined, flags: RulesFlags, context: Context): Promise<void> {
  const rules = await readRules({ file, from: flags.from });
  const location = localRouter(flags.dir, context.exec);
  const changes = changesTo(rules, await inspectLocalRouter(location, rules), location.dir);
  const fields = changes.rules.map(({ rule, action, changes: fields }) => ({ rule, action, changes: fields }));
  const { changes: isToDo, refusals } = changes;
  context.stdout(flags.output === 'json' ? json({ changes: isToDo, rules: fields, refusals }) : showDiff(changes));
  context.exit(exitCodeOf(changes));
}
