import { describe, expect, test } from 'vitest';
import { createAlternatingBit } from '../testing/alternating-bit.ts';
import { createCounters } from '../testing/counters.ts';
import { createJugs } from '../testing/jugs.ts';
import { check } from './check.ts';
import { explore } from './explore.ts';
import { renderTrace, traceToJson } from './render.ts';
import { traceTo } from './trace.ts';

describe('check', () => {
  test('holds for the protocol, and says so', async () => {
    expect(await check(createAlternatingBit())).toMatchObject({
      holds: true,
      invariants: [{ name: 'once', holds: true, trace: null }],
      liveness: { holds: true },
      counterexample: null,
    });
  });

  test('shows the shortest way to hand an item on twice', async () => {
    const model = createAlternatingBit({ bug: 'bit-ignored' });
    const { holds, counterexample } = await check(model);
    expect(holds).toBe(false);
    expect(counterexample?.property).toBe('once');
    expect(traceToJson(model, counterexample!.trace)).toEqual({
      length: 5,
      initial: { user: '0 asked for', sender: '0 acknowledged', channel: 'empty', receiver: '0 handed on' },
      steps: [
        { lane: 'user', text: 'asks for one more item', changed: { user: '1 asked for' } },
        { lane: 'sender', text: 'sends', changed: { channel: 'item 1' } },
        {
          lane: 'receiver',
          text: 'receives, and acknowledges',
          changed: { channel: 'ack 1', receiver: '1 handed on' },
        },
        { lane: 'sender', text: 'sends', changed: { channel: 'item 1, ack 1' } },
        {
          lane: 'receiver',
          text: 'receives, and acknowledges',
          changed: { channel: 'ack 1', receiver: '2 handed on' },
        },
      ],
      loopsFrom: null,
    });
  });

  test('leaves everyone in their lane under symmetry', async () => {
    const model = createCounters({ processes: 3, limit: 2, symmetry: true });
    const exploration = await explore(model);
    expect(exploration.states).toBe(10);
    for (let state = 0; state < exploration.states; state++) {
      const { steps } = traceToJson(model, traceTo(exploration, state));
      for (const { lane, changed } of steps) expect(Object.keys(changed)).toEqual([lane]);
    }
  });

  test('draws a lane for each that takes part, and only what changes', async () => {
    const model = createJugs();
    const { counterexample } = await check(model);
    expect(renderTrace(model, counterexample!.trace, { width: 48 })).toMatchInlineSnapshot(`
      "     small jug     big jug
           ------------  ----------------------------
        0  0 l           0 l
        1                > is filled
                         5 l
        2  3 l           > is poured into the small
                         jug
                         2 l
        3  > is emptied
           0 l
        4  2 l           > is poured into the small
                         jug
                         0 l
        5                > is filled
                         5 l
        6  3 l           > is poured into the small
                         jug
                         4 l
      "
    `);
  });
});
