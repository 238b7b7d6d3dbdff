import type { Changes } from '@limpet/operations';
import type { FieldChange, RuleExplanation } from '@limpet/router';
import { withFileFieldNames } from './field-names.ts';
import { showRefusals } from './show-refusals.ts';

const signs = { create: '+', update: '~', delete: '-', none: '!' } as const;

/** The differences for people, rule by rule: `-` is on the router, `+` is in the rules, `!` was changed by hand. */
export function showDiff(changes: Changes): string {
  const { also, reload, rules, settings } = withFileFieldNames(changes);
  const differing = rules.filter(({ action, steps }) => action !== 'none' || steps.length > 0);
  const lines = [
    ...showRefusals(changes),
    ...(settings.length === 0 ? [] : ['~ settings', ...settings.flatMap(fieldLines)]),
    ...differing.flatMap(ruleLines),
    ...also.map((line) => `! ${line}`),
    ...(differing.length === 0 && settings.length === 0 && reload !== null ? [`! ${reload}`] : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const ruleLines = ({ action, changes, rule, steps }: RuleExplanation): string[] => [
  `${signs[action]} ${rule}`,
  ...changes.flatMap(fieldLines),
  ...(changes.length === 0 ? steps.map((step) => `!   ${step}`) : []),
];

const fieldLines = ({ field, from, to }: FieldChange): string[] => [
  ...(isThere(from) ? [`-   ${field}: ${inWords(from)}`] : []),
  ...(isThere(to) ? [`+   ${field}: ${inWords(to)}`] : []),
];

const isThere = (value: unknown): boolean => value !== null && value !== undefined;

const inWords = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
