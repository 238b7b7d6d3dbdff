import { describeMachine, type MachineDescription } from '@limpet/inspection';
import { entryMachine, groupMachine, memberMachine, routerMachine, ruleMachine } from '@limpet/model';
import Elk from 'elkjs/lib/elk.bundled.js';
import { describe, expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { nestedMachine } from '../../testing/nested-machine.ts';
import { type Drawing, drawingOf } from './drawing.ts';
import { type Engine, layOut } from './lay-out.ts';
import type { Box, Layout } from './layout.ts';

const elk = new Elk();
const engine: Engine = (graph) => elk.layout(graph);
const machines: [string, AnyStateMachine][] = [
  ['group', groupMachine],
  ['rule', ruleMachine],
  ['member', memberMachine],
  ['router', routerMachine],
  ['entry', entryMachine],
  ['nested', nestedMachine],
];

/** The ids of the transitions that a drawing writes somewhere. */
const written = ({ boxes, labels }: Drawing): Set<string | undefined> =>
  new Set(
    [...[...boxes.values()].flatMap(({ rows }) => rows), ...labels.flatMap(({ rows }) => rows)].map(
      (row) => row.transition,
    ),
  );

const transitionIds = ({ transitions }: MachineDescription) => transitions.map(({ id }) => id).sort();

describe.each(machines)('the drawing of %s', (_, machine) => {
  const described = describeMachine(machine);
  const drawing = drawingOf(described);

  it('writes every transition, and no other', () => {
    const ids = [...written(drawing)].filter((id) => id !== undefined).sort();
    expect(ids).toEqual(transitionIds(described));
  });

  it.each(['RIGHT', 'DOWN'] as const)('has a place for everything when it grows %s', async (direction) => {
    const { layout, trouble } = await layOut(drawing, direction, engine);
    expect(trouble).toBeUndefined();
    expectComplete(layout, drawing);
    for (const [id, box] of layout.states) {
      const { parent } = drawing.hierarchy.state(id);
      if (parent !== undefined) expect(contains(layout.states.get(parent)!, box), `${id} lies in ${parent}`).toBe(true);
    }
    const boxes = drawing.hierarchy.children(drawing.hierarchy.root.id).map(({ id }) => layout.states.get(id)!);
    for (const [at, one] of boxes.entries())
      for (const other of boxes.slice(at + 1)) expect(overlap(one, other)).toBe(false);
  });
});

describe('when ELK fails', () => {
  const drawing = drawingOf(describeMachine(nestedMachine));

  it('asks it for less', async () => {
    let calls = 0;
    const { layout, trouble } = await layOut(drawing, 'RIGHT', async (graph) => {
      calls += 1;
      if (calls === 1) throw new Error('Invalid hitboxes for scanline constraint calculation.');
      return elk.layout(graph);
    });
    expect(trouble).toBe('a plain layout: Invalid hitboxes for scanline constraint calculation.');
    expectComplete(layout, drawing);
  });

  it('puts the boxes in rows at last', async () => {
    const { layout, trouble } = await layOut(drawing, 'RIGHT', async () => ({ id: 'nothing' }));
    expect(trouble).toContain('boxes in rows');
    expectComplete(layout, drawing);
    expect(layout.width).toBeGreaterThan(100);
  });
});

function expectComplete(layout: Layout, { boxes, labels, hierarchy }: Drawing): void {
  expect([...layout.states.keys()].sort()).toEqual([...boxes.keys()].sort());
  expect([...layout.arrows.keys()].sort()).toEqual(labels.map(({ arrow }) => arrow.id).sort());
  for (const { arrow } of labels) expect(layout.arrows.get(arrow.id)!.points.length).toBeGreaterThan(1);
  const compounds = [...boxes.keys()].filter((id) => hierarchy.state(id).initial !== undefined);
  expect([...layout.initials.keys()].sort()).toEqual(compounds.sort());
}

const contains = (outer: Box, inner: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width + 1 &&
  inner.y + inner.height <= outer.y + outer.height + 1;

const overlap = (one: Box, other: Box): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;
