import { canonicalRule, type HaproxySettings, type RuleRecord } from '@limpet/contract';
import { defaultSettings, haproxySettingsOf } from '@limpet/router';
import { RulesError } from '../errors.ts';
import { duplicatesIn } from './duplicates.ts';
import { knownKeys } from './known-keys.ts';
import { readYaml } from './read-yaml.ts';
import { rulesFileSchema } from './rules-schema.ts';
import { withPatch } from './settings-schema.ts';

/** What a rules file says. */
export interface RulesFile {
  rules: RuleRecord[];
  /** With the defaults for what the file does not say. */
  settings: HaproxySettings;
}

/**
 * Reads a rules file. Its rules are in their canonical form.
 *
 * @param source name of the file, for messages
 * @throws RulesError `RULES_INVALID` with all problems: `rules.yaml:4:9: rules[0].ip: expected ...`
 */
export function parseRules(text: string, source: string): RulesFile {
  const { rules, settings } = readYaml(text, source, {
    schema: rulesFileSchema,
    knownKeys,
    further: duplicatesIn,
    invalid: (lines) => new RulesError('RULES_INVALID', lines),
  });
  return { rules: rules.map(canonicalRule), settings: withPatch(haproxySettingsOf(defaultSettings), settings) };
}
