import type { PlanExplanation, RuleExplanation } from './explain.ts';
import type { FieldChange } from './field-changes.ts';

const signs = { create: '+', update: '~', delete: '-', none: ' ' } as const;
const verbs = { create: 'will be created', update: 'will be changed', delete: 'will be removed', none: '' } as const;

const value = (of: unknown): string => (of === null ? '(not set)' : JSON.stringify(of));

const change = ({ field, from, to }: FieldChange, action: RuleExplanation['action']): string =>
  action === 'create' ? `${field} = ${value(to)}` : `${field}: ${value(from)} -> ${value(to)}`;

const describeRule = ({ rule, action, changes, steps, reload, disturbs }: RuleExplanation): string => {
  const lines = [
    ...(action === 'delete' ? [] : changes.map((each) => change(each, action))),
    ...steps.map((step) => `at run time: ${step}`),
    ...(reload === null ? [] : [`needs a reload: ${reload}`]),
    ...disturbs.map((each) => `disturbs: ${each}`),
  ];
  return `${signs[action]} ${rule} ${verbs[action]}\n${lines.map((line) => `    ${line}\n`).join('')}`;
};

/** The plan as text, in Terraform's format, without the rules that do not change. */
export function describeExplanation({ rules, settings, reload, disturbs, summary }: PlanExplanation): string {
  const shown = rules.filter(({ action }) => action !== 'none').map(describeRule);
  const changed = settings.map((each) => `    ${change(each, 'update')}\n`).join('');
  const ofSettings = changed === '' ? [] : [`~ settings will be changed\n${changed}`];
  const { create, update, delete: remove, none } = summary;
  const counts = `Plan: ${create} to create, ${update} to change, ${remove} to remove, ${none} unchanged.`;
  const cost = reload === null ? 'No reload.' : `Reload: ${reload}.`;
  return `${[...ofSettings, ...shown, [counts, cost, ...disturbs.map((each) => `It disturbs: ${each}.`)].join('\n')].join('\n')}\n`;
}
