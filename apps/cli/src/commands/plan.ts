import { writeFile } from 'node:fs/promises';
import { RulesError } from '@limpet/operations';
import type { Context } from '../context.ts';
import { json } from '../output/format.ts';
import { exitCodeOf } from '../rules/exit-code.ts';
import { planChanges } from '../rules/plan-changes.ts';
import { type SavedPlan, savedPlan } from '../rules/saved-plan.ts';
import { showPlan } from '../rules/show-plan.ts';
import { readRules } from '../rules/source.ts';
import type { RulesFlags } from './rules-flags.ts';

/**
 * `limpet plan`: shows what an apply would change.
 *
 * @throws RulesError `FILE_NOT_WRITABLE` when the plan cannot be saved
 */
export async function plan(
  file: string | undefined,
  flags: RulesFlags & { out?: string },
  context: Context,
): Promise<void> {
  const read = await readRules({ file, from: flags.from, set: flags.set });
  // A saved plan has digests of the router's state, which no agent answers.
  const { changes, source, snapshot, dir } = await planChanges(read, flags, context, flags.out !== undefined);
  if (flags.out !== undefined && snapshot) await save(flags.out, savedPlan(dir, snapshot, source));
  context.stdout(
    flags.output === 'json' ? json({ ...changes, notCarriedOut: source.notCarriedOut }) : showPlan(changes),
  );
  context.exit(exitCodeOf(changes));
}

async function save(file: string, plan: SavedPlan): Promise<void> {
  try {
    await writeFile(file, json(plan), { mode: 0o600 });
  } catch (cause) {
    throw new RulesError('FILE_NOT_WRITABLE', [`cannot write ${file}: ${(cause as Error).message}`], { cause });
  }
}
