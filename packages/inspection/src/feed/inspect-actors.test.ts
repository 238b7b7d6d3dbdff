import { describe, expect, it } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { richMachine } from '../../testing/rich-machine.ts';
import { describeMachine } from '../machine/describe-machine.ts';
import { inspectActors } from './inspect-actors.ts';
import { type Body, bodySchema } from './messages.ts';
import { plainJson } from './plain-json.ts';

describe('what is inspected of actors', () => {
  it('is their events, the transitions of each microstep, and what they are then', () => {
    const bodies: Body[] = [];
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { on: { GO: 'b' } }, b: { always: 'c' }, c: {} },
    });
    const actor = createActor(machine, { id: 'one', inspect: inspectActors((body) => bodies.push(body)) });
    actor.start();
    bodies.length = 0;
    actor.send({ type: 'GO' });
    expect(bodies.map((body) => bodySchema.parse(body))).toEqual(bodies);
    expect(bodies).toMatchObject([
      { kind: 'event', event: { type: 'GO' } },
      { kind: 'transition', transitions: ['m.a#GO#0'], states: ['m', 'm.b'] },
      { kind: 'transition', transitions: ['m.b##0'], states: ['m', 'm.c'] },
      { kind: 'snapshot', states: ['m', 'm.c'], status: 'active' },
    ]);
    expect(describeMachine(machine).transitions.map(({ id }) => id)).toEqual(['m.a#GO#0', 'm.b##0']);
  });

  it('names the actors, and those that they start, which may be no machines', () => {
    const bodies: Body[] = [];
    const actor = createActor(richMachine, { inspect: inspectActors((body) => bodies.push(body)) }).start();
    actor.send({ type: 'START' });
    actor.stop();
    const actors = bodies.filter(({ kind }) => kind === 'actor');
    expect(actors).toMatchObject([{ machine: 'rich' }, { machine: '', name: 'loading' }]);
    expect(bodies.map((body) => bodySchema.safeParse(body).success)).not.toContain(false);
  });
});

it('writes any value as JSON', () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const written = plainJson({
    map: new Map([['a', new Set([1])]]),
    nothing: undefined,
    big: 1n,
    no: Number.NaN,
    run: () => {},
    list: [undefined],
    error: new TypeError('bad'),
  });
  expect(written).toEqual({
    map: [['a', [1]]],
    big: '1',
    no: 'NaN',
    run: '(function)',
    list: [null],
    error: { name: 'TypeError', message: 'bad' },
  });
  expect(JSON.stringify(plainJson(circle))).toContain('...');
});
