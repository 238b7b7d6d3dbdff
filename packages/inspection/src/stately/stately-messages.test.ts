import { entryMachine, groupMachine, memberMachine, routerMachine, ruleMachine } from '@limpet/model';
import { expect, it } from 'vitest';
import { type AnyStateMachine, createActor, createMachine } from 'xstate';
import { richMachine } from '../../testing/rich-machine.ts';
import { inspectActors } from '../feed/inspect-actors.ts';
import { createRecorder } from '../feed/recorder.ts';
import { describeMachine } from '../machine/describe-machine.ts';
import { machineConfig } from './machine-config.ts';
import { createStatelyAdapter } from './stately-messages.ts';

const machines: readonly AnyStateMachine[] = [
  groupMachine,
  ruleMachine,
  memberMachine,
  routerMachine,
  entryMachine,
  richMachine,
];

it.each(machines.map((machine) => [machine.id, machine] as const))(
  'has a definition of %s with all of its states and transitions, that XState takes',
  (_, machine) => {
    const described = describeMachine(machine);
    const again = describeMachine(createMachine(JSON.parse(JSON.stringify(machineConfig(described)))));
    const transitions = ({ transitions: all }: typeof described) =>
      all
        .map(({ source, targets, trigger, guard, actions, reenter }) => [
          source,
          targets,
          trigger.type,
          guard,
          actions.map(({ name }) => name),
          reenter,
        ])
        .sort();
    expect(transitions(again)).toEqual(transitions(described));
    expect(again.states.map(({ id, type, initial, tags }) => [id, type, initial, tags])).toEqual(
      described.states.map(({ id, type, initial, tags }) => [id, type, initial, tags]),
    );
  },
);

it('says what XState says: actors, events, and snapshots with value and context', () => {
  const recorder = createRecorder({ session: 's', now: () => 7 });
  const actor = createActor(richMachine, { inspect: inspectActors(recorder.record) }).start();
  const value = () => actor.getSnapshot().value;
  const adapt = createStatelyAdapter([describeMachine(richMachine)]);
  const values: unknown[] = [];
  let seen = 0;
  const told = (): unknown[] => {
    const messages = recorder.read(seen + 1).messages.map(({ message }) => message);
    seen = recorder.last;
    return messages.flatMap((message) => adapt(message) ?? []);
  };
  const first = told();
  expect(first[0]).toMatchObject({
    ...{ type: '@xstate.actor', createdAt: '7', _version: '0.7.2', snapshot: { status: 'active' } },
    definition: expect.stringContaining('"id":"rich"'),
  });
  for (const type of ['TOGGLE', 'START', 'RESET']) {
    actor.send({ type } as never);
    const messages = told() as {
      type: string;
      sessionId: string;
      event?: object;
      snapshot?: { value: unknown; context: unknown };
    }[];
    const own = messages.filter(({ sessionId }) => sessionId === actor.sessionId);
    expect(own.find((message) => message.type === '@xstate.event')).toMatchObject({ event: { type } });
    const last = own.findLast((message) => message.type === '@xstate.snapshot')!;
    expect(last.snapshot!.value).toEqual(value());
    expect(last.snapshot!.context).toEqual(actor.getSnapshot().context);
    expect(last.event).toMatchObject({ type });
    values.push(last.snapshot!.value);
  }
  expect(new Set(values.map((each) => JSON.stringify(each))).size).toBeGreaterThan(1);
  actor.stop();
});

it('leaves out what Stately has no message for, and knows actors that are no machines', () => {
  const adapt = createStatelyAdapter([]);
  expect(adapt({ seq: 1, at: 0, kind: 'fault', what: 'x' })).toBeUndefined();
  expect(adapt({ seq: 2, at: 0, kind: 'actor', actor: 'a', machine: '', name: 'a promise' })).toMatchObject({
    definition: '{"id":"a promise"}',
  });
  expect(adapt({ seq: 3, at: 0, kind: 'snapshot', actor: 'a', states: [], status: 'done' })).toMatchObject({
    snapshot: { status: 'done' },
    event: { type: '@xstate.init' },
  });
});
