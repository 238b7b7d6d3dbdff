/**
 * The statecharts as C tables: every local state that any order of events leads to, and what every event does there, each asked of
 * XState. What the statecharts say to each other is written in `composition.ts`.
 *
 * @module
 */
import type { Chart, Local } from '@limpet/model';
import { cTable } from './c-table.ts';
import { ACTIONS, type ChartName, CONTEXTS, EVENTS, STATES } from './vocabulary.ts';

/** A statechart with everything that it can do, by numbers. */
export interface Tabulated {
  readonly name: ChartName;
  /** All local states; the first is initial. */
  readonly locals: readonly Local<unknown>[];
  /** For each local state and event, in the order of `EVENTS`: the local state after it; -1 when no transition is possible. */
  readonly next: readonly number[];
  /** For each of these transitions: the actions that others hear, in order. */
  readonly actions: readonly (readonly string[])[];
}

/** More means that something counts without bound. */
const MAX_LOCALS = 10_000;

/**
 * Asks a statechart for everything that it can do.
 *
 * @param input - what it begins with
 * @throws RangeError for more than 10,000 local states
 */
export function tabulate<C, E extends string>(name: ChartName, chart: Chart<C, E>, input?: unknown): Tabulated {
  const locals: Local<C>[] = [];
  const numbers = new Map<string, number>();
  const intern = (local: Local<C>): number => {
    const key = JSON.stringify([local.value, local.context]);
    const known = numbers.get(key) ?? locals.push(local) - 1;
    numbers.set(key, known);
    if (locals.length > MAX_LOCALS)
      throw new RangeError(
        `the ${name} has more than ${MAX_LOCALS} local states: bound what it counts, such as ${key}`,
      );
    return known;
  };
  const events = Object.keys(EVENTS[name]) as E[];
  const next: number[] = [];
  const actions: string[][] = [];
  intern(chart.initial(input));
  for (let at = 0; at < locals.length; at++) {
    for (const event of events) {
      const edge = chart.edge(locals[at]!, event);
      next.push(edge === undefined ? -1 : intern(edge.next));
      actions.push((edge?.actions ?? []).filter((action) => ACTIONS.includes(action)));
    }
  }
  return { name, locals, next, actions };
}

/** The names that the composition uses, as C constants: `group_state_enabled`, `group_event_enable`, `action_resend`. */
export function cNames(): string {
  const names = Object.keys(EVENTS) as ChartName[];
  const lists = [
    ...names.map((name) => STATES[name].map((state) => `${name}_state_${state}`)),
    ...names.map((name) => [...Object.keys(EVENTS[name]).map((event) => `${name}_event_${event}`), `${name}_events`]),
    ['no_action', ...ACTIONS.map((action) => `action_${action}`)],
    ...names.flatMap((name) =>
      Object.entries(CONTEXTS[name]).flatMap(([field, words]) =>
        words === 'number' ? [] : [words.map((word) => `${name}_${field}_${word}`)],
      ),
    ),
  ];
  return lists.map((list) => `c_decl { enum { ${list.join(', ')} }; }`).join('\n');
}

/**
 * A statechart's tables: `group_next` and `group_does` by local state and event, `group_state` and each field of its context by local
 * state. `group_does` is where in `group_actions` its actions begin; the list ends with `no_action`.
 */
export function cStatechart({ name, locals, next, actions }: Tabulated): string {
  const lists: number[] = [];
  const begins = new Map<string, number>();
  const does = actions.map((list) => {
    const key = list.join();
    const known = begins.get(key);
    if (known !== undefined) return known;
    begins.set(key, lists.length);
    const begin = lists.length;
    lists.push(...list.map((action) => ACTIONS.indexOf(action) + 1), 0);
    return begin;
  });
  const fields = Object.entries(CONTEXTS[name]).map(([field, words]) =>
    cTable(
      `${name}_${field}`,
      locals.map(({ context }) => {
        const value = (context as Record<string, unknown>)[field];
        return words === 'number' ? Number(value) : numberOf(name, words, value);
      }),
    ),
  );
  return [
    cTable(`${name}_next`, next),
    cTable(`${name}_does`, does),
    cTable(`${name}_actions`, lists),
    cTable(
      `${name}_state`,
      locals.map(({ value }) => numberOf(name, STATES[name], value)),
    ),
    ...fields,
  ].join('\n');
}

function numberOf(name: ChartName, words: readonly unknown[], word: unknown): number {
  const number = words.indexOf(word);
  if (number < 0) throw new RangeError(`the ${name} has ${String(word)}: name it in spin/vocabulary.ts`);
  return number;
}
