import { describeMachine } from '@limpet/inspection';
import { groupMachine } from '@limpet/model';
import Elk from 'elkjs/lib/elk.bundled.js';
import { expect, it } from 'vitest';
import { nestedMachine } from '../../testing/nested-machine.ts';
import { drawingOf } from './drawing.ts';
import { type Engine, layOut } from './lay-out.ts';
import { findLayout, readyLayouts } from './ready-layouts.ts';

const elk = new Elk();
const engine: Engine = (graph) => elk.layout(graph);
const group = describeMachine(groupMachine);
const nested = describeMachine(nestedMachine);

it('is what ELK says, in both directions, also after it was written as JSON', async () => {
  const ready = JSON.parse(JSON.stringify(await readyLayouts([group, nested], engine)));
  for (const machine of [group, nested])
    for (const direction of ['RIGHT', 'DOWN'] as const) {
      const drawing = drawingOf(machine);
      expect(findLayout(ready, drawing, direction)).toEqual((await layOut(drawing, direction, engine)).layout);
    }
});

it('is found for no machine that is drawn otherwise', async () => {
  const ready = await readyLayouts([group], engine);
  expect(findLayout(ready, drawingOf(nested), 'RIGHT')).toBeUndefined();
  const [first, ...others] = group.transitions;
  const renamed = { ...first!, guard: 'aGuardWithAnotherName' };
  expect(findLayout(ready, drawingOf({ ...group, transitions: [renamed, ...others] }), 'RIGHT')).toBeUndefined();
  expect(findLayout(ready, drawingOf({ ...group, transitions: others }), 'RIGHT')).toBeUndefined();
});

it('is none where ELK had to be asked for less', async () => {
  let calls = 0;
  const failing: Engine = async (graph) => {
    calls += 1;
    if (calls % 2 === 1) throw new Error('Invalid hitboxes for scanline constraint calculation');
    return elk.layout(graph);
  };
  expect(await readyLayouts([group], failing)).toEqual({});
});
