import { describeMachine } from '@limpet/inspection';
import Elk from 'elkjs/lib/elk.bundled.js';
import { expect, it } from 'vitest';
import { nestedMachine } from '../../../testing/nested-machine.ts';
import type { Engine } from '../../chart/lay-out.ts';
import { readyLayouts } from '../../chart/ready-layouts.ts';
import { modelMachines } from '../../results/model-machines.ts';
import { createLayoutCache } from './layout-cache.ts';

const elk = new Elk();
const nested = describeMachine(nestedMachine);

it('asks nobody for a layout that is ready, and for another one once', async () => {
  const [ours] = modelMachines;
  const asked: string[] = [];
  const engine: Engine = (graph) => {
    asked.push(graph.children![0]!.id);
    return elk.layout(graph);
  };
  const layouts = createLayoutCache(engine, await readyLayouts([ours!], (graph) => elk.layout(graph)));
  expect(layouts(ours!, 'DOWN')).toMatchObject({ machine: ours });
  expect(asked).toEqual([]);
  const first = layouts(nested, 'RIGHT');
  expect(layouts(nested, 'RIGHT')).toBe(first);
  expect(await first).toMatchObject({ machine: nested });
  expect(asked).toEqual(['player']);
});
