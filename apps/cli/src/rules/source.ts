import { readFile } from 'node:fs/promises';
import { CloudStackError, parseDatabag, readDatabag as readContents } from '@limpet/cloudstack';
import { defaultSettings, haproxySettingsOf, parseSettings } from '@limpet/router';
import { whyUnreadable } from '../arguments/input-file.ts';
import { CliError } from '../errors.ts';
import type { Source } from './desired-state.ts';
import { RulesError } from './errors.ts';
import { parseRules } from './parse-rules.ts';
import { parseSavedPlan, type SavedPlan } from './saved-plan.ts';
import { parseSetOptions } from './set-options.ts';
import { withPatch } from './settings-schema.ts';

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
 * @throws RulesError that names the field or the remedy, CliError `USAGE`
 */
export const readRules = (flags: SourceFlags): Promise<Source> => readSource(flags, false);

/**
 * Reads the rules and the settings, or a plan that `limpet plan --out` has saved; the content tells which.
 *
 * @throws as `readRules`, and RulesError `PLAN_INVALID`
 */
export const readRulesOrPlan = (flags: SourceFlags): Promise<SourceOrPlan> => readSource(flags, true);

async function readSource({ file, from, set = [] }: SourceFlags, plansToo: boolean): Promise<SourceOrPlan> {
  if (file !== undefined && from !== undefined) {
    throw new CliError('USAGE', `give a rules file (${file}) or --from with a CloudStack databag (${from}), not both`);
  }
  if (from !== undefined) return withSettings(readDatabag(await read(from), from), set);
  if (file === undefined) throw new CliError('USAGE', 'give a rules file, or --from with a CloudStack databag');
  const text = await read(file);
  if (!/^\s*\{\s*"limpetPlan"/.test(text)) {
    return withSettings({ ...parseRules(text, file), unreadable: [], notCarriedOut: [] }, set);
  }
  if (!plansToo) throw new CliError('USAGE', `${file} is a saved plan; only limpet apply takes one`);
  if (set.length > 0) throw new CliError('USAGE', `${file} is a saved plan, which has its settings; leave out --set`);
  const plan = parseSavedPlan(text, file);
  const { rules, settings, unreadable } = plan;
  return { rules, settings, unreadable, notCarriedOut: [], plan };
}

/** @throws RouterError `ROUTER_SETTINGS_INVALID`: file and options may each be right, and not fit together. */
function withSettings(source: Source, set: readonly string[]): Source {
  const settings = parseSetOptions(set).reduce(withPatch, source.settings);
  return { ...source, settings: haproxySettingsOf(parseSettings({ ...defaultSettings, ...settings })) };
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new RulesError('FILE_NOT_READABLE', [`cannot read ${file}: ${whyUnreadable(cause)}`], { cause });
  }
}

/** Reads what a databag says. @throws RulesError `DATABAG_INVALID` */
export function readDatabag(text: string, source: string): Source {
  try {
    const { rules, refused, settings, notCarriedOut } = readContents(parseDatabag(text));
    return {
      databag: source,
      rules,
      unreadable: refused.map(({ key, error }) => ({ key, message: `${source}: ${error.message}` })),
      settings: { ...settings, peersPort: defaultSettings.peersPort },
      notCarriedOut: notCarriedOut.map(({ place, line, why }) => `${source}: ${place}: "${line}": ${why}`),
    };
  } catch (cause) {
    if (!(cause instanceof CloudStackError)) throw cause;
    throw new RulesError('DATABAG_INVALID', [`${source}: ${cause.message}`], { cause });
  }
}
