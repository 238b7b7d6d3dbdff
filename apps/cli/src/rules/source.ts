import { readFile } from 'node:fs/promises';
import { CloudStackError, parseDatabag, rulesFromDatabag } from '@limpet/cloudstack';
import type { RuleRecord } from '@limpet/contract';
import { whyUnreadable } from '../arguments/input-file.ts';
import { CliError } from '../errors.ts';
import { RulesError } from './errors.ts';
import { parseRules } from './parse-rules.ts';
import { parseSavedPlan, type SavedPlan } from './saved-plan.ts';

/** The file that has the rules: either a rules file or a CloudStack databag. */
export interface SourceFlags {
  file?: string | undefined;
  /** A CloudStack `load_balancer.json`. */
  from?: string | undefined;
}

/** The desired rules, and the saved plan that they come from, if any. */
export interface Source {
  rules: RuleRecord[];
  plan?: SavedPlan;
}

/**
 * Reads the rules.
 *
 * @throws RulesError that names the field or the remedy, CliError `USAGE`
 */
export async function readRules(flags: SourceFlags): Promise<RuleRecord[]> {
  return (await readSource(flags, false)).rules;
}

/**
 * Reads the rules, or a plan that `limpet plan --out` has saved; the content tells which.
 *
 * @throws as `readRules`, and RulesError `PLAN_INVALID`
 */
export const readRulesOrPlan = (flags: SourceFlags): Promise<Source> => readSource(flags, true);

async function readSource({ file, from }: SourceFlags, plansToo: boolean): Promise<Source> {
  if (file !== undefined && from !== undefined) {
    throw new CliError('USAGE', `give a rules file (${file}) or --from with a CloudStack databag (${from}), not both`);
  }
  if (from !== undefined) return { rules: readDatabag(await read(from), from) };
  if (file === undefined) throw new CliError('USAGE', 'give a rules file, or --from with a CloudStack databag');
  const text = await read(file);
  if (!/^\s*\{\s*"limpetPlan"/.test(text)) return { rules: parseRules(text, file) };
  if (!plansToo) throw new CliError('USAGE', `${file} is a saved plan; only limpet apply takes one`);
  const plan = parseSavedPlan(text, file);
  return { rules: plan.rules, plan };
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new RulesError('FILE_NOT_READABLE', [`cannot read ${file}: ${whyUnreadable(cause)}`], { cause });
  }
}

function readDatabag(text: string, source: string): RuleRecord[] {
  try {
    return rulesFromDatabag(parseDatabag(text));
  } catch (cause) {
    if (!(cause instanceof CloudStackError)) throw cause;
    throw new RulesError('DATABAG_INVALID', [`${source}: ${cause.message}`], { cause });
  }
}
