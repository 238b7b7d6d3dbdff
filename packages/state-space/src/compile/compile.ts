/**
 * A cell as tables of integers: what the hot functions of the model for checking run on.
 *
 * A block is a set of nodes that no observer can tell apart. Blocks are numbered by router state, and within a router state
 * a block has a code, which is what a packed state holds for each cell:
 *
 *     router state      0           1                  2
 *     block             0 1 2 ...   base[1] ...        base[2] ...
 *     code              0 1 2 ...   0 1 2 ...          0 1 2 ...        block = base[router] + code
 *
 * The steps of a block depend on what the other cells are (`others`, 2 bits, hence 4 rows a block). One row, with three
 * steps:
 *
 *     row[block * 4 + others] ----+                  +---- row[block * 4 + others + 1], where the next row begins
 *                                 v                  v
 *     target    ...             | 4  | 17 | 17 |  ...      the code after the step, of the same router state
 *     label     ...             | 20 | 31 | 33 |  ...      index in `labels`: what is done, and by whom
 *     spill     ...             | 0  | 0  | 2  |  ...      0: the others stay; n: `spilled` has them after spill n - 1
 *
 * The router's steps move every cell: those from state r are `moveRow[r] .. moveRow[r + 1] - 1`; step m has `moveLabel[m]`,
 * leads to router state `moveTo[m]`, and turns block b into code `moved[m * blocks + b]` of that state.
 *
 * @module
 */
import type { BugName } from '../component/bugs.ts';
import { OTHERS, type StepLabel } from '../component/cell-steps.ts';
import { ROUTER_STATES, ROUTER_STEPS } from '../component/router-steps.ts';
import { PROPERTIES } from '../composition/properties.ts';
import type { Property } from '../composition/property.ts';
import { type EnumerateOptions, type Enumeration, enumerateCells, type Node } from './enumerate.ts';
import { minimise } from './minimise.ts';

/** What other cells can be, as bits of `OTHERS`. */
export const CONTEXTS = 4;

/** The tables of one cell. Every array is described by what its index means; the header of this file draws one row. */
export interface CompiledCell {
  readonly enumeration: Enumeration;
  /** The block of each node. */
  readonly blockOf: Int32Array;
  /** Blocks of router state r are `base[r] .. base[r + 1] - 1`; a cell's code is its block less that base. */
  readonly base: Int32Array;
  readonly labels: readonly StepLabel[];
  readonly invariants: readonly Property[];
  /** Row of block b when the others are o: `row[b * 4 + o] .. row[b * 4 + o + 1]`. */
  readonly row: Int32Array;
  readonly target: Int32Array;
  readonly label: Int32Array;
  /** 0: none, otherwise 1 + the index of the spill. */
  readonly spill: Int32Array;
  /** Code of a block after spill s: `spilled[s * blocks + b]`. */
  readonly spilled: Int32Array;
  /** The router's steps from state r are `moveRow[r] .. moveRow[r + 1] - 1`; each has a label and a state after it. */
  readonly moveRow: Int32Array;
  readonly moveLabel: Int32Array;
  readonly moveTo: Int32Array;
  /** Code of a block after router step m: `moved[m * blocks + b]`. */
  readonly moved: Int32Array;
  /** What a block is to the others, as bits of `OTHERS`. */
  readonly shows: Uint8Array;
  readonly violated: Uint32Array;
  readonly quiescent: Uint8Array;
  /** The code in router state `absent` of a cell in which there is nothing. */
  readonly initial: number;
  /** Most edges of a row. */
  readonly widest: number;
}

/**
 * Enumerates the cells of one group with the router, merges those that no observer can tell apart, and writes the tables of
 * what is left.
 *
 * @throws RangeError for more than 500,000 nodes: then something counts without bound.
 */
export function compileCell(options: EnumerateOptions): CompiledCell {
  const enumeration = enumerateCells(options);
  const { nodes, spills } = enumeration;
  const facts = nodes.map((node) => factsOf(node, options.bug));
  const found = minimise(nodes, (node, at) => {
    const { violated, quiescent, shows } = facts[at]!;
    return `${node.router} ${violated} ${quiescent} ${shows}`;
  });
  const { blockOf, base, firsts } = sortByRouter(nodes, found);
  const blocks = firsts.length;
  const codeOf = (node: number) => blockOf[node]! - base[nodes[node]!.router]!;

  const row = new Int32Array(blocks * CONTEXTS + 1);
  const target: number[] = [];
  const label: number[] = [];
  const spill: number[] = [];
  let widest = 0;
  const shown = facts.reduce((bits, { shows }) => bits | shows, 0);
  firsts.forEach((first, block) => {
    for (let others = 0; others < CONTEXTS; others++) {
      const seen = new Set<number>();
      // What no cell shows is met by none: its rows stay empty.
      for (const edge of (others & ~shown) === 0 ? nodes[first]!.edges : []) {
        if ((others & edge.needs.mask) !== edge.needs.value) continue;
        const spilling = edge.spill === undefined ? 0 : 1 + spills.indexOf(edge.spill);
        const key = (edge.label * blocks + codeOf(edge.target)) * 16 + spilling;
        if (seen.has(key)) continue;
        seen.add(key);
        target.push(codeOf(edge.target));
        label.push(edge.label);
        spill.push(spilling);
      }
      row[block * CONTEXTS + others + 1] = target.length;
      widest = Math.max(widest, seen.size);
    }
  });

  const moveRow = new Int32Array(ROUTER_STATES.length + 1);
  const moved = new Int32Array(ROUTER_STEPS.length * blocks);
  ROUTER_STATES.forEach((state, r) => {
    const steps = ROUTER_STEPS.flatMap((step, m) => (step.from === state ? [m] : []));
    moveRow[r + 1] = moveRow[r]! + steps.length;
    firsts.forEach((first, block) => {
      if (nodes[first]!.router === r)
        steps.forEach((m, nth) => {
          moved[m * blocks + block] = codeOf(nodes[first]!.moves[nth]!);
        });
    });
  });

  return {
    enumeration,
    blockOf,
    base,
    labels: enumeration.labels,
    invariants: PROPERTIES,
    row,
    target: Int32Array.from(target),
    label: Int32Array.from(label),
    spill: Int32Array.from(spill),
    spilled: Int32Array.from(spills.flatMap((_, s) => firsts.map((first) => codeOf(nodes[first]!.spills[s]!)))),
    moveRow,
    moveLabel: Int32Array.from(ROUTER_STEPS, (step) =>
      enumeration.labels.findIndex(({ text, lane }) => text === step.label.text && lane === step.label.lane),
    ),
    moveTo: Int32Array.from(ROUTER_STEPS, (step) => ROUTER_STATES.indexOf(step.to as (typeof ROUTER_STATES)[number])),
    moved,
    shows: Uint8Array.from(firsts, (first) => facts[first]!.shows),
    violated: Uint32Array.from(firsts, (first) => facts[first]!.violated),
    quiescent: Uint8Array.from(firsts, (first) => facts[first]!.quiescent),
    initial: codeOf(0),
    widest,
  };
}

interface Facts {
  violated: number;
  quiescent: number;
  shows: number;
}

function factsOf({ cell, violated, settled }: Node, bug: BugName | undefined): Facts {
  const isBusy = cell.inFlight.answer !== undefined;
  // Only a comparison of lines depends on what lines others have.
  const isSource = bug === 'line-set-compare' && cell.loaded === 'fresh' && cell.rule.context.stickiness === 'source';
  const shows = (isBusy ? OTHERS.busy : 0) | (isSource ? OTHERS.source : 0);
  return { violated, quiescent: settled ? 1 : 0, shows };
}

/** Blocks by router state, then by first node. */
function sortByRouter(nodes: readonly Node[], found: Int32Array) {
  const first = new Map<number, number>();
  found.forEach((block, node) => {
    if (!first.has(block)) first.set(block, node);
  });
  const firsts = [...first.values()].sort((a, b) => nodes[a]!.router - nodes[b]!.router || a - b);
  const rank = new Map(firsts.map((node, block) => [found[node]!, block]));
  const base = new Int32Array(ROUTER_STATES.length + 1);
  for (const node of firsts) {
    const { router } = nodes[node]!;
    base[router + 1] = base[router + 1]! + 1;
  }
  for (let r = 0; r < ROUTER_STATES.length; r++) base[r + 1] = base[r + 1]! + base[r]!;
  return { blockOf: Int32Array.from(found, (block) => rank.get(block)!), base, firsts };
}
