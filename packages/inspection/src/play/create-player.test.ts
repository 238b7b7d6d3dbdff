import { describe, expect, it } from 'vitest';
import { assign, createMachine } from 'xstate';
import { richMachine } from '../../testing/rich-machine.ts';
import { type Body, bodySchema } from '../feed/messages.ts';
import { createPlayer } from './create-player.ts';

function play(machine: Parameters<typeof createPlayer>[0], input?: unknown) {
  const bodies: Body[] = [];
  const player = createPlayer(machine, { record: (body) => bodies.push(body), input });
  return { bodies, player };
}

describe('a machine that is played', () => {
  it('records each microstep with its transitions, and what is possible then', () => {
    const { bodies, player } = play(richMachine);
    expect(bodies).toMatchObject([
      { kind: 'actor', machine: 'rich' },
      { kind: 'snapshot', enabled: expect.arrayContaining(['rich.work.idle#START#0', 'rich.light.on#TOGGLE#0']) },
    ]);
    bodies.length = 0;
    player.send({ type: 'START' });
    expect(bodies.map((body) => bodySchema.parse(body))).toEqual(bodies);
    expect(bodies).toMatchObject([
      { kind: 'event', event: { type: 'START' } },
      { kind: 'transition', event: { type: 'START' }, transitions: ['rich.work.idle#START#0'] },
      { kind: 'transition', transitions: ['rich.work.busy.first##0'] },
      { kind: 'snapshot', states: expect.arrayContaining(['rich.work.busy.second']) },
    ]);
    expect(bodies.at(-1)).not.toMatchObject({ enabled: expect.arrayContaining(['rich.work.idle#START#0']) });
  });

  it('runs no action but assignments', () => {
    let ran = 0;
    const machine = createMachine({
      context: ({ input }) => ({ count: (input as { from: number }).from }),
      initial: 'a',
      states: {
        a: {
          entry: () => {
            ran += 1;
          },
          on: { GO: { target: 'b', actions: [() => void ran++, assign({ count: 7 })] } },
        },
        b: {},
      },
    });
    const { bodies, player } = play(machine, { from: 3 });
    expect(bodies.at(-1)).toMatchObject({ context: { count: 3 } });
    player.send({ type: 'GO' });
    expect(bodies.at(-1)).toMatchObject({ context: { count: 7 }, states: expect.arrayContaining(['(machine).b']) });
    expect(ran).toBe(0);
  });

  it('says so when it cannot begin', () => {
    const machine = createMachine({ context: ({ input }) => ({ x: (input as { x: number }).x }) });
    expect(() => play(machine)).toThrow();
  });

  it('stays where it is when a guard cannot judge the event', () => {
    const machine = createMachine({
      initial: 'a',
      states: { a: { on: { GO: { guard: ({ event }) => event.list.length > 0, target: 'b' } } }, b: {} },
    });
    const { bodies, player } = play(machine);
    expect(bodies.at(-1)).toMatchObject({ enabled: [] });
    expect(() => player.send({ type: 'GO' })).toThrow();
    expect(bodies.at(-1)).toMatchObject({ kind: 'fault' });
    player.send({ type: 'GO', list: [1] } as { type: string });
    expect(bodies.at(-1)).toMatchObject({ states: expect.arrayContaining(['(machine).b']) });
  });
});
