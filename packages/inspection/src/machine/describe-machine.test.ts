import { groupMachine, memberMachine, routerMachine, ruleMachine } from '@limpet/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, createMachine } from 'xstate';
import { richMachine } from '../../testing/rich-machine.ts';
import { describeMachine, enabledTransitions, isMachine, transitionIds } from './describe-machine.ts';
import { machineSchema } from './description.ts';

const described = describeMachine(richMachine, { isCommand: (action) => action === 'putRule' });
const lines = described.transitions.map(
  ({ source, trigger, guard, actions, targets, reenter }) =>
    `${source}: ${trigger.name}${guard ? ` [${guard}]` : ''}${actions.length > 0 ? ` / ${actions.map(({ name, command }) => (command ? `${name}!` : name)).join(', ')}` : ''} -> ${targets.join(' ') || 'stays'}${reenter ? ' again' : ''}`,
);

describe('a description', () => {
  it('has every transition, in the order of the source', () => {
    expect(lines).toEqual([
      'rich: RESET / note -> rich.work.idle',
      'rich.work.idle: START [isReady] / putRule!, tell({"whom":"all"}) -> rich.work.busy',
      'rich.work.idle: START [hasTries({"least":2})] -> rich.work.stuck',
      'rich.work.idle: START [not isReady] / assign -> stays',
      'rich.work.idle: any event / note -> stays',
      'rich.work.busy: done / raise -> rich.work.idle',
      'rich.work.busy: done loading -> rich.work.idle',
      'rich.work.busy: error loading / note -> rich.work.stuck',
      'rich.work.busy: after 1000 ms -> rich.work.stuck',
      'rich.work.busy: after patience / note -> stays',
      'rich.work.busy.first: always [(isReady and in #light)] -> rich.work.busy.second',
      'rich.work.busy.second: NEXT -> rich.work.busy.end',
      'rich.work.busy.second: always [guard] -> rich.work.busy.first',
      'rich.work.stuck: START -> rich.work.stuck again',
      'rich.work.stuck: NEXT -> rich.work.busy.back',
      'rich.light.on: TOGGLE -> rich.light.off',
      'rich.light.off: TOGGLE -> rich.light.on',
    ]);
  });

  it('has the hierarchy, parents first', () => {
    expect(described.states.map(({ id, type, parent }) => `${type} ${id} in ${parent}`)).toEqual([
      'parallel rich in undefined',
      'compound rich.work in rich',
      'atomic rich.work.idle in rich.work',
      'compound rich.work.busy in rich.work',
      'atomic rich.work.busy.first in rich.work.busy',
      'atomic rich.work.busy.second in rich.work.busy',
      'final rich.work.busy.end in rich.work.busy',
      'history rich.work.busy.back in rich.work.busy',
      'atomic rich.work.stuck in rich.work',
      'compound light in rich',
      'atomic rich.light.on in light',
      'atomic rich.light.off in light',
    ]);
  });

  it('has what a state says and does, without the timers that XState sets for itself', () => {
    const busy = described.states.find(({ key }) => key === 'busy');
    expect(busy).toEqual({
      id: 'rich.work.busy',
      key: 'busy',
      parent: 'rich.work',
      type: 'compound',
      initial: 'rich.work.busy.first',
      description: 'two steps, one after the other',
      tags: ['loading'],
      entry: [],
      exit: [],
      invokes: [{ id: 'loading', src: 'load' }],
    });
  });

  it('is plain JSON of its schema', () => {
    expect(machineSchema.parse(JSON.parse(JSON.stringify(described)))).toEqual(described);
  });

  it.each<[string, AnyStateMachine]>([
    ['group', groupMachine],
    ['rule', ruleMachine],
    ['member', memberMachine],
    ['router', routerMachine],
  ])('has as many transitions as %s has', (_, machine) => {
    const json = machine.root.definition.states as Record<string, { transitions: unknown[] }>;
    const count = Object.values(json).reduce((sum, { transitions }) => sum + transitions.length, 0);
    expect(count).toBeGreaterThan(10);
    expect(describeMachine(machine).transitions).toHaveLength(count);
  });
});

describe('the ids of transitions', () => {
  it('are unique, and those that inspection names', () => {
    const ids = described.transitions.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...transitionIds(richMachine).values()]).toEqual(ids);
  });
});

describe('the transitions that are taken', () => {
  const context = { stickiness: 'none', inForce: 'current', asked: 'nothing' };
  it.each([
    ['active', 'setSourceBased', ['rule.active#setSourceBased#0']],
    ['active', 'setNone', ['rule.active#setNone#1']],
    ['active', 'timeout', []],
    ['gone', 'delete', []],
  ])('in %s on %s are %j', (value, type, ids) => {
    expect(enabledTransitions(ruleMachine, { value, context }, { type })).toEqual(ids);
  });
});

/** A random machine, with the number of transitions that its source has. */
interface Made {
  config: { states?: Record<string, object> };
  count: number;
}

const names = ['a', 'b', 'c', 'd'] as const;
const transitionsArb = fc.dictionary(
  fc.constantFrom('GO', 'STOP', '*'),
  fc.array(fc.record({ actions: fc.constantFrom('x', 'y'), guard: fc.constant('g') }), { minLength: 1, maxLength: 3 }),
);
const { machine: madeMachine } = fc.letrec<{ machine: Made; leaf: Made }>((tie) => ({
  leaf: fc
    .record({ on: transitionsArb, always: fc.array(fc.constant({ actions: 'x', guard: 'g' }), { maxLength: 2 }) })
    .map(({ on, always }) => ({
      config: { on, always } as Made['config'],
      count: Object.values(on).flat().length + always.length,
    })),
  machine: fc
    .tuple(
      fc.boolean(),
      fc.array(fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('machine')), { minLength: 1, maxLength: 4 }),
      transitionsArb,
    )
    .map(([parallel, children, on]) => ({
      config: {
        on,
        ...(parallel ? { type: 'parallel' } : { initial: 'a' }),
        states: Object.fromEntries(children.map(({ config }, at) => [names[at]!, config])),
      },
      count: Object.values(on).flat().length + children.reduce((sum, { count }) => sum + count, 0),
    })),
}));

it('has exactly the transitions of any machine', () => {
  fc.assert(
    fc.property(madeMachine, ({ config, count }) => {
      const machine = createMachine({ id: 'made', ...config } as Parameters<typeof createMachine>[0]);
      const { transitions } = describeMachine(machine);
      expect(transitions).toHaveLength(count);
      expect(new Set(transitions.map(({ id }) => id)).size).toBe(count);
    }),
  );
});

it('tells a machine from other values', () => {
  expect([richMachine, {}, null, 'x', () => {}].map(isMachine)).toEqual([true, false, false, false, false]);
});
