import { type Chart, ENVIRONMENT, PARTS } from '@limpet/model';
import { describe, expect, it } from 'vitest';
import { PROPERTIES } from '../composition/properties.ts';
import type { Property } from '../composition/property.ts';
import { C_PROPERTIES, C_STEP_PROPERTIES } from './properties.ts';
import { tabulate } from './statecharts.ts';
import { promelaOfSystem } from './system.ts';
import { EVENTS } from './vocabulary.ts';

describe('the exported system', () => {
  it.each([1, 2, 3, 4])('has pieces of C that SPIN takes, with %i place(s) for members', (members) => {
    const blocks = promelaOfSystem({ members }).split(/^c_(?:code|decl) /m);
    // SPIN 6.5.2 takes no longer one.
    expect(Math.max(...blocks.map((block) => block.length))).toBeLessThan(65_536);
  });

  it.each([0, 5, 1.5])('refuses %d members', (members) => {
    expect(() => promelaOfSystem({ members })).toThrow('members must be 1 to 4');
  });

  it('refuses a statechart with a state that the composition does not know', () => {
    const router: Chart<unknown, string> = {
      initial: () => ({ value: 'paused', context: {} }),
      edge: () => undefined,
    };
    expect(() => promelaOfSystem({ members: 1, parts: { ...PARTS, router } })).toThrow('the router has paused');
  });
});

describe('a statechart as a table', () => {
  it('has every answer of the statechart, for every local state that it leads to', () => {
    const { locals, next, actions } = tabulate('rule', PARTS.rule);
    const events = Object.keys(EVENTS.rule) as (keyof typeof EVENTS.rule)[];
    expect(next).toHaveLength(locals.length * events.length);
    const at = locals.findIndex(({ value }) => value === 'active');
    const edge = PARTS.rule.edge(locals[at] as ReturnType<typeof PARTS.rule.initial>, 'update')!;
    const to = at * events.length + events.indexOf('update');
    expect(locals[next[to]!]).toEqual(edge.next);
    expect(actions[to]).toEqual(['newGeneration', 'putRule']);
    // In the initial state: impossible, and possible without a word to others.
    expect(next[events.indexOf('update')]).toBe(-1);
    expect(actions[events.indexOf('setNone')]).toEqual([]);
  });

  it('ends where a statechart counts without bound', () => {
    const counting: Chart<{ count: number }, string> = {
      initial: () => ({ value: 'gone', context: { count: 0 } }),
      edge: ({ value, context: { count } }) => ({ next: { value, context: { count: count + 1 } }, actions: [] }),
    };
    expect(() => tabulate('member', counting)).toThrow(/member has more than 10000 local states: bound what it counts/);
  });
});

it('knows the same events from outside as the model', () => {
  for (const [name, events] of Object.entries(EVENTS)) {
    const outside = Object.entries(events).flatMap(([event, origin]) => (origin === 'outside' ? [event] : []));
    expect(outside).toEqual(ENVIRONMENT[name as keyof typeof EVENTS]);
  }
});

it('asserts properties of the exploration, by their names', () => {
  const named = (...predicates: (keyof Property)[]) =>
    PROPERTIES.filter((one) => predicates.some((predicate) => one[predicate] !== undefined)).map(({ name }) => name);
  expect(named('holds', 'holdsOfSide', 'holdsOfChannel')).toEqual(
    expect.arrayContaining(C_PROPERTIES.map(({ name }) => name)),
  );
  expect(named('holdsInStep')).toEqual(expect.arrayContaining(C_STEP_PROPERTIES.map(({ name }) => name)));
  // All of them, but what only copies of the rule show, and what says what events must do: that is what C writes a second time.
  const known = new Set([...C_PROPERTIES, ...C_STEP_PROPERTIES].map(({ name }) => name));
  expect(PROPERTIES.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([
    'B16 attributes-are-applied',
    'lost-is-told',
    'world-is-heard',
    'users-may',
    'no-removal-without-router',
    'events-do-what-they-say',
    'changed-is-sent',
    'sent-again-when-needed',
    'answers-are-true',
    'link-keeps-messages',
  ]);
});
