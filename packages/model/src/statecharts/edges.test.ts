import { expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { entryMachine } from './entry.machine.ts';
import { groupMachine } from './group.machine.ts';
import { memberMachine } from './member.machine.ts';
import { routerMachine } from './router.machine.ts';
import { ruleMachine } from './rule.machine.ts';
import { createTable, type Local } from './table.ts';

const text = ({ value, context }: Local<object>): string =>
  [value, ...Object.entries(context).map(([key, each]) => `${key}=${each}`)].join(' ');

/** Every state that can be reached, with what each event does there; an event that is not listed does nothing. */
function transcript(machine: AnyStateMachine): string {
  const table = createTable(machine);
  const states: Local<object>[] = [table.initial({ min: 1, max: 2, capacity: 2 })];
  const seen = new Set(states.map(text));
  const lines: string[] = [];
  for (const state of states) {
    lines.push(text(state));
    for (const event of machine.events) {
      const edge = table.edge(state, event);
      if (!edge) continue;
      const next = text(edge.next);
      lines.push(`  ${event}: ${[next === text(state) ? 'stays' : next, ...edge.actions].join(', ')}`);
      if (seen.has(next)) continue;
      seen.add(next);
      states.push(edge.next);
    }
  }
  return `${lines.join('\n')}\n`;
}

// A change of a machine is read here, edge by edge; `vitest -u` accepts it.
it.each<[string, AnyStateMachine]>([
  ['group', groupMachine],
  ['rule', ruleMachine],
  ['member', memberMachine],
  ['router', routerMachine],
  ['entry', entryMachine],
])('every edge of %s is the one of the golden transcript', async (name, machine) => {
  await expect(transcript(machine)).toMatchFileSnapshot(`../../testdata/${name}.edges.txt`);
});
