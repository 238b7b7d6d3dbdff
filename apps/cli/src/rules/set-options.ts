import { describeIssue, valueAt } from '@limpet/contract';
import { knownKeys, type SettingsPatch, settingsSchema, suggest } from '@limpet/operations';
import { parse as parseYaml } from 'yaml';
import { CliError } from '../errors.ts';

/**
 * Reads `--set NAME=VALUE` options: names and values are those of `settings` in a rules file, with dots between the
 * levels (`timeouts.client=30m`).
 *
 * @throws CliError `USAGE` that names the setting
 */
export const parseSetOptions = (options: readonly string[]): SettingsPatch[] => options.map(parseSetOption);

function parseSetOption(option: string): SettingsPatch {
  const at = option.indexOf('=');
  const path = option.slice(0, Math.max(at, 0)).split('.');
  if (at < 1 || path.includes('')) {
    throw new CliError('USAGE', `--set ${option}: expected NAME=VALUE, such as maxConnections=6000`);
  }
  const said = path.reduceRight<unknown>(
    (value, name) => ({ [name]: value }),
    writtenValue(option, option.slice(at + 1)),
  );
  const parsed = settingsSchema.safeParse(said);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(['settings', ...issue.path], { settings: said });
    const near = suggest(issue.keys[0]!, known);
    const hint = near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near}?`;
    throw new CliError('USAGE', `--set ${option}: ${[...issue.path, issue.keys[0]].join('.')} is no setting; ${hint}`);
  }
  const own = /^expected /.test(issue.message) && issue.code !== 'custom';
  const problem = own ? issue.message : describeIssue(issue, valueAt(said, issue.path));
  throw new CliError('USAGE', `--set ${option}: ${issue.path.join('.')}: ${problem}`);
}

function writtenValue(option: string, text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw new CliError('USAGE', `--set ${option}: ${(error as Error).message.split('\n')[0]}`);
  }
}
