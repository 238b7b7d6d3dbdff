import { readFile } from 'node:fs/promises';
import { parseRules, RulesError, readDatabagHere, type Source, withSettings } from '@limpet/operations';
import { whyUnreadable } from '../arguments/input-file.ts';
import { CliError } from '../errors.ts';
import { parseSavedPlan, type SavedPlan } from './saved-plan.ts';
import { parseSetOptions } from './set-options.ts';

/** The file that has the rules: either a rules file or a CloudStack databag. */
export interface SourceFlags {
  file?: string | undefined;
  /** A CloudStack `load_balancer.json`. */
  from?: string | undefined;
  /** `NAME=VALUE` of settings, in place of those of the file. */
  set?: readonly string[] | undefined;
}

/** The desired state, and the saved plan that it comes from, if any. */
export interface SourceOrPlan extends Source {
  plan?: SavedPlan;
}

/**
 * Reads the rules and the settings.
 *
 * @throws RulesError that names the field or the remedy, RouterError `ROUTER_SETTINGS_INVALID`, CliError `USAGE`
 */
export const readRules = (flags: SourceFlags): Promise<Source> => readSource(flags, false);

/**
 * Reads the rules and the settings, or a plan that `limpet plan --out` has saved; the content tells which.
 *
 * @throws as `readRules`, and RulesError `PLAN_INVALID`
 */
export const readRulesOrPlan = (flags: SourceFlags): Promise<SourceOrPlan> => readSource(flags, true);

/** A key that a databag has in any case, and a rules file never. */
const databagKey = /"tmp_cfg_file_name"\s*:/;
/** The first line of a rules file, but for comments; a databag is JSON. */
const rulesFileKey = /^(\s*#.*\n)*\s*(rules|settings)\s*:/;

async function readSource({ file, from, set = [] }: SourceFlags, plansToo: boolean): Promise<SourceOrPlan> {
  if (file !== undefined && from !== undefined) {
    throw new CliError('USAGE', `give a rules file (${file}) or --from with a CloudStack databag (${from}), not both`);
  }
  if (from !== undefined) {
    const text = await read(from);
    if (rulesFileKey.test(text)) throw new CliError('USAGE', `${from} is a rules file; give it without --from`);
    return withSettings(await readDatabagHere(text, from), parseSetOptions(set));
  }
  if (file === undefined) throw new CliError('USAGE', 'give a rules file, or --from with a CloudStack databag');
  const text = await read(file);
  if (databagKey.test(text)) throw new CliError('USAGE', `${file} is a CloudStack databag; give it with --from`);
  if (!/^\s*\{\s*"limpetPlan"/.test(text)) {
    return withSettings({ ...parseRules(text, file), unreadable: [], notCarriedOut: [] }, parseSetOptions(set));
  }
  if (!plansToo) throw new CliError('USAGE', `${file} is a saved plan; only limpet apply takes one`);
  if (set.length > 0) throw new CliError('USAGE', `${file} is a saved plan, which has its settings; leave out --set`);
  const plan = parseSavedPlan(text, file);
  const { rules, settings, unreadable, notCarriedOut } = plan;
  return { rules, settings, unreadable, notCarriedOut, plan };
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new RulesError('FILE_NOT_READABLE', [`cannot read ${file}: ${whyUnreadable(cause)}`], { cause });
  }
}
