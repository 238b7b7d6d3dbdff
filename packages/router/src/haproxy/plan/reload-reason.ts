import type { RuleRecord } from '@limpet/contract';
import { type Capabilities, renderConfig, section } from '@limpet/haproxy';
import { tableOf } from '../../desired.ts';
import { fixedLines } from '../config/listen-section.ts';
import type { RouterPaths } from '../config/paths.ts';
import type { ProxySpec } from '../config/proxy-spec.ts';
import type { RouterSettings } from '../config/settings.ts';
import type { FieldChange } from './field-changes.ts';

/** The static part of a rule's section, which only a reload can change, as HAProxy reads it. */
export type StaticText = (spec: ProxySpec) => string;

/** A rule's static text on a router with these paths, settings and HAProxy. */
export const staticTextOf =
  (paths: RouterPaths, settings: RouterSettings, haproxy: Capabilities): StaticText =>
  (spec) =>
    renderConfig({ sections: [section('listen', spec.proxy, fixedLines(spec, paths, settings, haproxy))] });

/**
 * The top-level fields that change the static text by themselves, found by rendering the rule with one field changed.
 */
const fieldsToBlame = (from: ProxySpec, to: ProxySpec, fields: readonly string[], staticText: StaticText): string[] =>
  fields.filter((field) => {
    const rule: RuleRecord = { ...from.rule, [field]: to.rule[field as keyof RuleRecord] };
    const { servers } = field === 'members' ? to : from;
    return staticText({ ...from, rule, table: tableOf(rule, from), servers }) !== staticText(from);
  });

/** Why the change of a rule needs a reload; null when it needs none. Pure: compares rendered texts. */
export function reloadReason(
  from: ProxySpec | undefined,
  to: ProxySpec | undefined,
  changes: readonly FieldChange[],
  staticText: StaticText,
): string | null {
  if (!from) return 'the rule is new: HAProxy binds addresses when it reads its configuration';
  if (!to) return 'the rule goes: HAProxy gives addresses up when it reads its configuration';
  if (changes.length === 0 || staticText(from) === staticText(to)) return null;
  const topOf = ({ field }: FieldChange): string => field.split('.')[0]!;
  const tops = [...new Set(changes.map(topOf))];
  const alone = fieldsToBlame(from, to, tops, staticText);
  // Two fields together may change the text although neither does alone.
  const blamed = new Set(alone.length > 0 ? alone : tops.filter((field) => field !== 'members'));
  const named = changes.filter((change) => blamed.has(topOf(change))).map(({ field }) => field);
  return `fixed when HAProxy reads its configuration: ${named.join(', ')}`;
}
