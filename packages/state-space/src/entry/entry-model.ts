/**
 * The statechart of a router's entry, by itself: what a router in production does to one rule, as a transition system that
 * the checker's monitor follows. It is small, so that a monitor for each rule costs next to nothing.
 *
 * @module
 */
import type { Model, Successors, View } from '@limpet/checker';
import { createTable, type EntryContext, type EntryEvent, entryMachine, type Local } from '@limpet/model';

type Entry = Local<EntryContext>;
type Edges = (entry: Entry, event: EntryEvent['type']) => Entry | undefined;

/**
 * What a router tells of a rule, each at the point from which on it counts, with what that is on the statechart. Undefined:
 * it cannot happen there.
 *
 * - `put`, `put-again`, `put-stale`, `remove`: a command with a new, the same, or an older generation; a removal.
 * - `retry`: a refused rule is looked at again, since it was sent again, what it lacked is there, or its time has come.
 * - `apply`, `refuse`, `verify`: HAProxy has the wanted version; it cannot be served; clients obey it.
 * - `restore`: HAProxy was given the version that it had before, after it was lost.
 * - `gone`: HAProxy has nothing of a rule that is to go.
 * - `apply-old`, `refuse-old`, `verify-old`: the same of a version of which a later one is wanted already.
 */
const STEPS = {
  put: (entry, edge) => edge(edge(entry, 'age') ?? entry, 'put'),
  'put-again': (entry, edge) => edge(entry, 'put'),
  'put-stale': (entry, edge) => edge(entry, 'putStale'),
  remove: (entry, edge) => edge(edge(entry, 'age') ?? entry, 'remove'),
  retry: (entry, edge) => edge(entry, 'put') ?? entry,
  apply: (entry, edge) => (entry.value === 'applying' ? edge(entry, 'apply') : undefined),
  refuse: (entry, edge) => edge(entry, 'refuse') ?? refusedAfterAll(entry, edge),
  verify: (entry, edge) => edge(entry, 'verify'),
  restore: (entry, edge) => (SERVED.has(entry.value) ? edge(entry, 'halt') : undefined),
  gone: (entry, edge) =>
    entry.value === 'removing' ? edge(entry, 'apply') : GONE.has(entry.value) ? entry : undefined,
  'apply-old': stays,
  'refuse-old': stays,
  'verify-old': stays,
} as const satisfies Record<string, (entry: Entry, edge: Edges) => Entry | undefined>;

/** What a router tells of a rule. */
export type EntryStep = keyof typeof STEPS;

const SERVED: ReadonlySet<string> = new Set(['programmed', 'inForce']);
const GONE: ReadonlySet<string> = new Set(['removed', 'empty']);
const OVERTAKEN: ReadonlySet<string> = new Set(['applying', 'removing', 'refused']);

/** An older version may still come to its end while the wanted one waits, or is refused. */
function stays(entry: Entry): Entry | undefined {
  return OVERTAKEN.has(entry.value) ? entry : undefined;
}

/**
 * What was served can be lost: an address moves away, a probe disagrees. It is as if the rule were put once more. Of a rule
 * that has gone, held connections may be left that do not end yet.
 */
function refusedAfterAll(entry: Entry, edge: Edges): Entry | undefined {
  if (entry.value === 'refused' || entry.value === 'removed') return entry;
  if (!SERVED.has(entry.value)) return undefined;
  const again = edge(edge(entry, 'age') ?? entry, 'put');
  return again && edge(again, 'refuse');
}

const steps = Object.keys(STEPS) as EntryStep[];

/** A model of one entry, and what can be seen of it. */
export interface EntryModel {
  readonly model: Model;
  readonly view: View;
}

/**
 * The model of one entry. It begins in any state, since a router outlives the process that watches it. A heartbeat has
 * `inForce`, whether the rule is reported as in force.
 */
export function createEntryModel(): EntryModel {
  const table = createTable(entryMachine);
  const edge: Edges = (entry, event) => table.edge(entry, event)?.next;
  const entries = reachable(table.initial(undefined), edge);
  const numberOf = new Map(entries.map((entry, at) => [entry, at]));
  const targets = entries.map((entry) =>
    steps.flatMap((step, label): (readonly [label: number, target: number])[] => {
      const next = STEPS[step](entry, edge);
      return next ? [[label, numberOf.get(next)!]] : [];
    }),
  );
  const at = (states: Uint32Array, offset: number): Entry => entries[states[offset]!]!;
  return {
    model: {
      name: 'entry',
      words: 1,
      initial: entries.map((_, number) => [number]),
      maxSuccessors: steps.length,
      successors(states, offset, out: Successors) {
        for (const [label, target] of targets[states[offset]!]!) {
          out.states[out.count] = target;
          out.labels[out.count++] = label;
        }
      },
      violations: () => 0,
      invariants: [],
      quiescent: () => true,
      kindOf: () => 'environment',
      describeStep: (label) => ({ lane: 'router', text: steps[label]! }),
      describeState: (states, offset) => {
        const { value, context } = at(states, offset);
        return { entry: value, generation: context.generation, serves: context.serves };
      },
    },
    view: {
      eventOf: (label) => steps[label],
      heartbeatFields: ['inForce'],
      heartbeatOf: (states, offset) => [at(states, offset).value === 'inForce'],
    },
  };
}

const EVENTS: readonly EntryEvent['type'][] = [
  ...(['put', 'putStale', 'remove', 'report', 'apply'] as const),
  ...(['refuse', 'verify', 'age', 'halt', 'wipe'] as const),
];

function reachable(initial: Entry, edge: Edges): Entry[] {
  const found = new Set([initial]);
  for (const entry of found) {
    for (const event of EVENTS) {
      const next = edge(entry, event);
      if (next) found.add(next);
    }
  }
  return [...found];
}
