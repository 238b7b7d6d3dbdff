import type { Cell, Position } from '@limpet/state-space';

/** The state of the statecharts in words, by lane: `router`, `group 1`, `rule 1`, `members 1` ... */
export function describePosition({ router, cells }: Position): Record<string, string> {
  const lanes = cells.flatMap((cell, at) => lanesOf(cell).map(([lane, text]) => [`${lane} ${at + 1}`, text]));
  return { router, ...Object.fromEntries(lanes) };
}

function lanesOf({ group, rule, members, entry, inFlight }: Cell): [string, string][] {
  const { command, answer } = inFlight;
  const { stickiness, inForce, asked } = rule.context;
  const { generation, serves } = entry.context;
  const isGone = rule.value === 'gone';
  return [
    ['group', group.value],
    ['rule', isGone ? 'gone' : `${rule.value}, stickiness ${stickiness}, in force: ${inForce}, asked: ${asked}`],
    ['members', members.map(({ value }) => value).join(', ')],
    ['entry', entry.value === 'empty' ? 'empty' : `${entry.value}, generation ${generation}, verified: ${serves}`],
    [
      'link',
      `${command === undefined ? 'no command waits' : 'a command waits'}${answer === undefined ? '' : `; the answer "${answer}" is on its way`}`,
    ],
  ];
}
