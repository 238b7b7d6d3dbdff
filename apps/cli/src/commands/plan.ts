import { writeFile } from 'node:fs/promises';
import { changesTo, inspectLocalRouter, localRouter, RulesError } from '@limpet/operations';
import type { Context } from '../context.ts';
import { json } from '../output/format.ts';
import { exitCodeOf } from '../rules/exit-code.ts';
import { forThisRouter } from '../rules/for-this-router.ts';
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
  const location = localRouter(flags.dir, context);
  const snapshot = await inspectLocalRouter(location, read.rules);
  const source = forThisRouter(read, snapshot, context);
  const changes = changesTo(source, snapshot, location.dir);
  if (flags.out !== undefined) await save(flags.out, savedPlan(location.dir, snapshot, source));
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
