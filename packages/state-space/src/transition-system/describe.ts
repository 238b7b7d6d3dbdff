/**
 * States and steps in words of the domain. A block says only what all of its cells have in common.
 *
 * @module
 */

import type { CompiledCell } from '../compile/compile.ts';
import type { Cell } from '../component/cell.ts';
import type { StepLabel } from '../component/cell-steps.ts';
import { ROUTER_STATES } from '../component/router-steps.ts';

/** The name of the router's state with this code. */
export function describeRouter(router: number): string {
  return ROUTER_STATES[router]!;
}

/** @param index - the cell's place */
export function describeLabel({ lane, text }: StepLabel, index: number): { lane: string; text: string } {
  switch (lane) {
    case 'router':
      return /^the router (applies|refuses|verifies)/.test(text)
        ? { lane: 'router', text: `${text}, of rule ${index + 1}` }
        : { lane: 'router', text };
    case 'link':
      return { lane: `link ${index + 1}`, text };
    default:
      return { lane: `${lane} ${index + 1}`, text };
  }
}

/** The lanes of one cell. */
export function describeCell(compiled: CompiledCell, block: number, index: number): Record<string, string> {
  const cells: Cell[] = [];
  compiled.blockOf.forEach((other, node) => {
    if (other === block) cells.push(compiled.enumeration.nodes[node]!.cell);
  });
  const place = index + 1;
  return {
    [`group ${place}`]: common(cells, (cell) => cell.group.value),
    [`rule ${place}`]: phrases(cells, [
      (cell) => cell.rule.value,
      (cell) => (cell.rule.value === 'gone' ? '' : `stickiness ${cell.rule.context.stickiness}`),
      (cell) => (cell.rule.context.inForce === 'current' ? 'in force' : ''),
      (cell) => (cell.rule.context.asked === 'nothing' ? '' : cell.rule.context.asked),
    ]),
    [`members ${place}`]: common(cells, (cell) => cell.members.map((member) => member.value).join(', ')),
    [`entry ${place}`]: phrases(cells, [
      (cell) => cell.entry.value,
      (cell) => (cell.entry.context.generation === 'absent' ? '' : `generation ${cell.entry.context.generation}`),
      loadedBy,
    ]),
    [`link ${place}`]: phrases(cells, [
      (cell) => (cell.inFlight.command === undefined ? '' : 'a command waits'),
      (cell) => (cell.inFlight.answer === undefined ? '' : `the answer "${cell.inFlight.answer}"`),
    ]),
  };
}

/** What HAProxy has of a rule whose latest generation the router took, compared with what was last asked for. */
function loadedBy({ entry, loaded }: Cell): string {
  const isTaken = entry.context.generation === 'current' && ['programmed', 'inForce'].includes(entry.value);
  return isTaken ? LOADED[loaded] : '';
}

const LOADED: Readonly<Record<Cell['loaded'], string>> = {
  none: 'HAProxy has an earlier generation',
  fresh: 'HAProxy has the latest',
  stickiness: 'HAProxy has an earlier stickiness',
  attributes: 'HAProxy has earlier attributes',
  members: 'HAProxy has earlier members',
};

function phrases(cells: readonly Cell[], say: readonly ((cell: Cell) => string)[]): string {
  return say
    .map((one) => common(cells, one))
    .filter((text) => text !== '')
    .join(', ');
}

/** What all cells say; nothing when they differ. */
function common(cells: readonly Cell[], say: (cell: Cell) => string): string {
  const [first, ...rest] = cells.map(say);
  return first !== undefined && rest.every((text) => text === first) ? first : '';
}
