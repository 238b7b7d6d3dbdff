import type { Context } from '../context.ts';
import { json } from '../output/format.ts';
import { exitCodeOf } from '../rules/exit-code.ts';
import { planChanges } from '../rules/plan-changes.ts';
import { showDiff } from '../rules/show-diff.ts';
import { readRules } from '../rules/source.ts';
import type { RulesFlags } from './rules-flags.ts';

/** `limpet diff`: shows the fields in which the rules and the router differ. */
export async function diff(file: string | undefined, flags: RulesFlags, context: Context): Promise<void> {
  const read = await readRules({ file, from: flags.from, set: flags.set });
  const { changes, source } = await planChanges(read, flags, context);
  const fields = changes.rules.map(({ rule, action, changes: fields }) => ({ rule, action, changes: fields }));
  const { changes: isToDo, refusals, settings } = changes;
  const { notCarriedOut } = source;
  context.stdout(
    flags.output === 'json'
      ? json({ changes: isToDo, settings, rules: fields, refusals, notCarriedOut })
      : showDiff(changes),
  );
  context.exit(exitCodeOf(changes));
}
