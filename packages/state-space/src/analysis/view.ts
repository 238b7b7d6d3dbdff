/**
 * What can be seen of the whole from outside: what a monitor compares a trace with.
 *
 * @module
 */
import type { Cell } from '../component/cell.ts';
import { CHOICE_LOST } from '../composition/properties.ts';
import type { CheckModel } from '../transition-system/check-model.ts';

type Field = string | number | boolean;

/** What one rule contributes to a heartbeat; `N` in the names of its fields is the group's number, from 1. */
const FIELDS: readonly (readonly [name: string, of: (cell: Cell, broken: number) => Field])[] = [
  ['group', (cell) => cell.group.value],
  ['rule', (cell) => cell.rule.value],
  ['reported', (cell) => cell.rule.context.inForce === 'current'],
  ['served', isServed],
  ['vms', (cell) => cell.members.filter((member) => member.value !== 'gone').length],
  // What a router may do to clients, stick tables and the packet filter is in no state of the model: there is never any.
  ['harm', () => 'none'],
];

/**
 * The view of a model, in the form that the checker's monitor takes.
 *
 * Events are named after what happens, `group-N/` before them when they are about one group: `group-1/user-enables-the-group`,
 * `router-is-deployed`. Traces are kept, so the names are a contract. Faults leave no line. What a user is refused on account
 * of the router is an event, too, `group-1/user-cannot-delete-the-group-while-its-router-does-not-answer`, that only a bug explains.
 *
 * A heartbeat can be written when nothing is under way: no step is left but a user's or a fault. Per group it has `group-N`
 * and `rule-N` (their states), `reported-N` (what users are told: in force or not), `served-N` (whether the router runs what was
 * last asked for), `vms-N` (how many there are, failed ones too) and `harm-N` (what clients, stick tables and the packet
 * filter show that never may be; `none` without a bug). With a bug take a model with `continueAfterViolation`: where runs end at the
 * first broken invariant, nothing is under way either.
 */
export function createView(model: CheckModel) {
  const { compiled, layout } = model;
  const groups = layout.wordOf.length;
  const names = compiled.labels.map(({ kind, text }) => (kind === 'fault' ? undefined : kebab(text)));
  const ofRouter = new Set(compiled.moveLabel);
  const fieldsOf = fieldsOfBlocks(model);
  const out = {
    states: new Uint32Array(model.maxSuccessors * model.words),
    labels: new Uint32Array(model.maxSuccessors),
    count: 0,
  };
  return {
    eventOf: (label: number): string | undefined => {
      const step = Math.floor(label / groups);
      const name = names[step];
      return name === undefined || ofRouter.has(step) ? name : `group-${(label % groups) + 1}/${name}`;
    },
    heartbeatFields: Array.from({ length: groups }, (_, i) => FIELDS.map(([name]) => `${name}-${i + 1}`)).flat(),
    heartbeatOf: (states: Uint32Array, at: number): readonly Field[] | undefined => {
      const router = layout.router(states, at);
      const fields: Field[] = [];
      for (let i = 0; i < groups; i++) {
        const own = fieldsOf.get(compiled.base[router]! + layout.cell(states, at, i));
        if (own === undefined) return undefined;
        fields.push(...own);
      }
      model.successors(states, at, out);
      for (let i = 0; i < out.count; i++) if (model.kindOf(out.labels[i]!) === 'system') return undefined;
      return fields;
    },
  };
}

/** The fields of each block. A bug may merge cells that look different: no heartbeat is made up for those. */
function fieldsOfBlocks({ compiled: { enumeration, blockOf } }: CheckModel): Map<number, readonly Field[]> {
  const found = new Map<number, readonly Field[]>();
  const mixed = new Set<number>();
  enumeration.nodes.forEach(({ cell, at }, node) => {
    const block = blockOf[node]!;
    const fields = FIELDS.map(([, of]) => of(cell, at.broken));
    if ((found.get(block) ?? fields).join() !== fields.join()) mixed.add(block);
    found.set(block, fields);
  });
  for (const block of mixed) found.delete(block);
  return found;
}

/** What the router runs is what was last asked for: of a rule that is gone, nothing. */
function isServed({ entry, loaded, rule }: Cell, broken: number): boolean {
  if (rule.value === 'gone') return entry.value === 'empty' || entry.value === 'removed';
  return entry.context.serves === 'current' && loaded === 'fresh' && (broken & CHOICE_LOST) === 0;
}

/** `the answer "applied" arrives` is `answer-applied-arrives`. */
function kebab(text: string): string {
  return text
    .replace(/^(an?|the) /, '')
    .replace(/[^\w\s]/g, '')
    .replace(/\s+/g, '-')
    .toLowerCase();
}
