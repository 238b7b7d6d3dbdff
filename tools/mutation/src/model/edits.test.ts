import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BREAKING_EDITS, type BreakingEdit, createCompositionModel } from '@limpet/state-space';
import { expect, it } from 'vitest';
import { enumerateMutants } from './enumerate.ts';
import { judgeAll } from './judge-all.ts';
import type { Mutant } from './mutant.ts';
import { OUTSIDE_EDITS } from './outside-edits.ts';

const root = join(import.meta.dirname, '../../../..');
const mutants = new Map(enumerateMutants(root).map((mutant) => [mutant.id, mutant]));

/** What else properties forbid, of which an earlier one let a mutant live. */
const ALSO: readonly BreakingEdit[] = [
  { property: 'sent-again-when-needed', edit: 'rule.machine.ts:revoke.retry:drop-action:ask' },
  { property: 'sent-again-when-needed', edit: 'rule.machine.ts:add.timeout:swap-guard:isWaiting:isUnverified' },
  { property: 'sent-again-when-needed', edit: 'refusals.ts:ruleObstacle:swap-name:timeout:retry' },
  { property: 'sent-again-when-needed', edit: 'rule.machine.ts:active.outdated:swap-action:noteOutdated:noteRefused' },
  { property: 'sent-again-when-needed', edit: 'rule.machine.ts:active.timeout:drop-guard:isUnverified' },
  { property: 'sent-again-when-needed', edit: 'rule.machine.ts:active.outdated:drop-target' },
  { property: 'sent-again-when-needed', edit: 'rule.machine.ts:add.outdated:drop-action:ask' },
  { property: 'sent-again-when-needed', edit: 'rule.machine.ts:revoke.outdated:drop-action:ask' },
  { property: 'B26 reported-is-stored', edit: 'rule.machine.ts:add.applied:drop-action:noteApplied' },
  { property: 'B26 reported-is-stored', edit: 'rule.machine.ts:add.applied:swap-action:noteApplied:noteOutdated' },
  { property: 'B26 reported-is-stored', edit: 'rule.machine.ts:add.inForce:drop-action:noteApplied' },
  { property: 'B26 reported-is-stored', edit: 'rule.machine.ts:add.inForce:swap-action:noteApplied:noteOutdated' },
  { property: 'changed-is-sent', edit: 'rule.machine.ts:CHANGE:drop-action:ask' },
  { property: 'changed-is-sent', edit: 'rule.machine.ts:active.delete:drop-action:age' },
  { property: 'changed-is-sent', edit: 'rule.machine.ts:active.delete:swap-action:age:ask' },
  { property: 'events-do-what-they-say', edit: 'rule.machine.ts:add.routerDown:swap-action:noteDown:forget' },
  { property: 'in-force-needs-router', edit: 'rule.machine.ts:noteDown:swap-name:absent:stale' },
  { property: 'size-is-counted', edit: 'group.machine.ts:revoke.memberDestroyed[0]:swap-action:shrink:beginQuiet' },
  {
    property: 'events-do-what-they-say',
    edit: 'entry.machine.ts:age:drop-property:serves:({context})=>aged(context.serves)',
  },
  { property: 'events-do-what-they-say', edit: 'entry.machine.ts:programmed.age:retarget:inForce' },
  { property: 'answers-are-true', edit: 'entry.machine.ts:inForce.loseAddress:drop-action:answerRefused' },
  { property: 'answers-are-true', edit: 'entry.machine.ts:programmed.loseCertificate:drop-action:answerRefused' },
  { property: 'answers-are-true', edit: 'entry.machine.ts:waitingForAddress.put:drop-action:answerRefused' },
  {
    property: 'answers-are-true',
    edit: 'entry.machine.ts:addressAway.report[0]:swap-action:answerRefused:answerInForce',
  },
  { property: 'world-is-heard', edit: 'entry.machine.ts:addressAway.regainAddress:drop-transition' },
  { property: 'world-is-heard', edit: 'entry.machine.ts:waitingForCertificate.regainCertificate:drop-transition' },
  { property: 'lost-is-told', edit: 'rule.machine.ts:active.refused:drop-target' },
  { property: 'users-may', edit: 'group.machine.ts:disabled.delete:drop-transition' },
  { property: 'world-is-heard', edit: "link.ts:MESSAGE_KINDS:drop-element:'late'" },
  { property: 'world-is-heard', edit: "system.ts:ENVIRONMENT:drop-element:'duplicate'" },
  { property: 'link-keeps-messages', edit: 'router.machine.ts:running.stop:drop-action:halt' },
];

it('names an edit for everything in the table, and nothing else', () => {
  const { invariants, possibilities } = createCompositionModel({ members: 2 });
  const table = [...invariants, ...possibilities].map(({ name }) => name);
  expect(BREAKING_EDITS.map(({ property }) => property)).toEqual([...table, 'liveness', 'without time-outs: liveness']);
});

it('names edits that can be made', () => {
  const isThere = ({ edit }: BreakingEdit): boolean =>
    typeof edit === 'string'
      ? mutants.has(edit)
      : readFileSync(join(root, edit.file), 'utf8').split(edit.from).length === 2;
  expect([...BREAKING_EDITS, ...ALSO, ...OUTSIDE_EDITS].filter((one) => !isThere(one))).toEqual([]);
});

function mutantOf({ property, edit }: BreakingEdit): Mutant {
  if (typeof edit === 'string') return mutants.get(edit)!;
  const start = readFileSync(join(root, edit.file), 'utf8').indexOf(edit.from);
  const edits = [{ start, end: start + edit.from.length, text: edit.to }];
  return { id: property, file: edit.file, line: 1, edits, compiles: true };
}

// A group of two takes half a minute.
const sizes = process.env.CI === 'true' ? [1, 2] : [1];

it.each(sizes)('sees exactly the property that an edit breaks, with places for %i', async (size) => {
  const breaking = [...BREAKING_EDITS, ...ALSO, ...OUTSIDE_EDITS].filter(({ members = 1 }) => members === size);
  const judged = breaking.map((one) => ({ property: one.property, mutant: mutantOf(one) }));
  const verdicts = await judgeAll(
    judged.map(({ mutant }) => mutant),
    { root, sizes: [size], threads: 2 },
  );
  const found = judged.map(({ mutant }) => {
    const verdict = verdicts.get(mutant)!;
    return verdict.is === 'killed' ? verdict.by : verdict.is;
  });
  expect(found).toEqual(judged.map(({ property }) => property));
});
