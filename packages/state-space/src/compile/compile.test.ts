import type { Local } from '@limpet/model';
import { entryMachine, groupMachine, memberMachine, PARTS, routerMachine, ruleMachine } from '@limpet/model';
import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, transition } from 'xstate';
import type { Cell } from '../component/cell.ts';
import { ROUTER_STATES, ROUTER_STEPS } from '../component/router-steps.ts';
import { createCheckModel } from '../transition-system/check-model.ts';
import { layOut } from '../transition-system/state-layout.ts';
import { CONTEXTS, type CompiledCell, compileCell } from './compile.ts';

const STATECHARTS: readonly [
  Exclude<keyof typeof PARTS, 'refusal'>,
  AnyStateMachine,
  (cell: Cell) => readonly Local<unknown>[],
][] = [
  ['group', groupMachine, (cell) => [cell.group]],
  ['rule', ruleMachine, (cell) => [cell.rule]],
  ['member', memberMachine, (cell) => cell.members],
  ['entry', entryMachine, (cell) => [cell.entry]],
  ['router', routerMachine, () => ROUTER_STATES.map((value) => ({ value, context: {} }))],
];

describe('each edge of the tables is what XState does', () => {
  const { nodes } = compileCell({
    members: 2,
    folded: false,
    distinguishStickiness: true,
    addressesMove: true,
    certificatesGo: true,
  }).enumeration;
  it.each(STATECHARTS)('%s, in every state that a cell can have', (name, machine, localsOf) => {
    const locals = new Map(nodes.flatMap(({ cell }) => localsOf(cell)).map((local) => [JSON.stringify(local), local]));
    for (const local of locals.values()) {
      for (const type of machine.events) {
        const before = machine.resolveState({ value: local.value, context: local.context ?? {} });
        const edge = PARTS[name].edge(local as never, type as never);
        if (!before.can({ type })) {
          expect(edge).toBeUndefined();
          continue;
        }
        const [after, actions] = transition(machine, before, { type });
        expect(edge).toEqual({
          next: { value: after.value, context: after.context },
          actions: actions.map((action) => action.type),
        });
      }
    }
  });
});

/** Steps of a node as the tables have them, others being quiet: label and block. */
function tabled({ row, target, label, base }: CompiledCell, block: number, router: number): string[] {
  const steps: string[] = [];
  for (let edge = row[block * CONTEXTS]!; edge < row[block * CONTEXTS + 1]!; edge++)
    steps.push(`${label[edge]} ${base[router]! + target[edge]!}`);
  return steps.sort();
}

describe('merging loses nothing', () => {
  it.each([
    { members: 1, folded: false },
    { members: 1, folded: false, distinguishStickiness: true },
    { members: 2, folded: true },
    { members: 2, folded: true, addressesMove: true },
    { members: 2, folded: true, addressesMove: true, certificatesGo: true },
    { members: 2, folded: true, distinguishStickiness: true },
  ])('every cell of a block has the steps of the block: %j', (options) => {
    const compiled = compileCell(options);
    const { nodes } = compiled.enumeration;
    nodes.forEach((node, at) => {
      const own = node.edges
        .filter(({ needs }) => needs.value === 0)
        .map(({ label, target }) => `${label} ${compiled.blockOf[target]}`);
      expect([...new Set(own)].sort()).toEqual(tabled(compiled, compiled.blockOf[at]!, node.router));
    });
  });

  it('the kinds of stickiness merge by themselves: nothing depends on them without a bug', () => {
    const counts = (distinguishStickiness: boolean) => [
      ...compileCell({ members: 1, folded: true, distinguishStickiness }).base,
    ];
    expect(counts(true)).toEqual(counts(false));
  });
});

describe('two groups together', () => {
  it('step as their cells do, one at a time, on a long random walk', () => {
    const options = { groups: 2, members: 2, symmetry: false };
    const model = createCheckModel(options);
    const compiled = compileCell({ members: 2, folded: false });
    const layout = layOut(compiled, 2);
    const { nodes } = compiled.enumeration;
    const codeOf = (node: number) => compiled.blockOf[node]! - compiled.base[nodes[node]!.router]!;
    const out = {
      states: new Uint32Array(model.maxSuccessors * model.words),
      labels: new Uint32Array(model.maxSuccessors),
      count: 0,
    };
    let pair = [0, 0];
    let random = 1;
    for (let walked = 0; walked < 20_000; walked++) {
      const router = nodes[pair[0]!]!.router;
      const expected: { pair: number[]; packed: string }[] = [];
      const add = (next: number[]) =>
        expected.push({ pair: next, packed: layout.pack(nodes[next[0]!]!.router, next.map(codeOf)).join() });
      const busy = pair.map((node) => nodes[node]!.cell.inFlight.answer !== undefined);
      pair.forEach((node, i) => {
        for (const { target, needs } of nodes[node]!.edges)
          if (needs.mask === 0 || !busy[1 - i]) add(pair.with(i, target));
      });
      ROUTER_STEPS.filter((step) => step.from === ROUTER_STATES[router]).forEach((_, nth) => {
        add(pair.map((node) => nodes[node]!.moves[nth]!));
      });
      model.successors(Uint32Array.from(layout.pack(router, pair.map(codeOf))), 0, out);
      const got = Array.from({ length: out.count }, (_, i) =>
        [...out.states.subarray(i * model.words, (i + 1) * model.words)].join(),
      );
      expect(new Set(got)).toEqual(new Set(expected.map(({ packed }) => packed)));
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      pair = expected[random % expected.length]!.pair;
    }
  });
});
