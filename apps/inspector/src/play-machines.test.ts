import { expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { playMachines } from './play-machines.ts';
import { modelPlayables } from './results/model-machines.ts';

it('plays every statechart of the model', () => {
  const { document, recorder, notPlayed, send } = playMachines('model', modelPlayables, () => 0);
  expect([document.machines.length, notPlayed]).toEqual([5, []]);
  const messages = () => recorder.read(1).messages.map(({ message }) => message);
  const router = messages().find((message) => message.kind === 'actor' && message.machine === 'router');
  const { actor } = router as { actor: string };
  send(actor, { type: 'deploy' });
  expect(messages().at(-1)).toMatchObject({ actor, states: ['router', 'router.starting'] });
  expect(() => send('nobody', { type: 'deploy' })).toThrow('no machine nobody is played');
});

it('draws a machine that cannot begin, and says why it is not played', () => {
  const needsInput = createMachine({ id: 'limited', context: ({ input }) => ({ n: (input as { n: number }).n }) });
  const { document, notPlayed } = playMachines('mine', [{ machine: needsInput }], () => 0);
  expect(document.machines.map(({ id }) => id)).toEqual(['limited']);
  expect(notPlayed).toEqual([expect.stringMatching(/^limited is not played: .*undefined/)]);
  expect(playMachines('mine', [{ machine: needsInput, input: { n: 1 } }]).notPlayed).toEqual([]);
});
