/**
 * The router's side of a step: it handles the command of one cell, applies and verifies it, or refuses it.
 *
 * @module
 */
import type { BugName } from './bugs.ts';
import { type Cell, type Harm, withHarm } from './cell.ts';
import { hearEntry } from './reaction.ts';

/** What a cell may ask of the others, as bits: some other cell has an answer in flight, has stick lines live, was refused. */
export const OTHERS = { busy: 1, source: 2, refused: 4 } as const;

/** When a step is possible, as far as other cells are concerned: `others & mask` must be `value`. */
export interface Needs {
  readonly mask: number;
  readonly value: number;
}

/** What a step does to every other cell; only with a bug. */
export type Spill = 'dropped' | Extract<Harm, 'tableLost' | 'disconnected' | 'blocked'>;

/** What handling a command leads to: the cell after it, what it needs of other cells, and what it does to them. */
export interface Handled {
  readonly next: Cell;
  readonly needs: Needs;
  readonly spill: Spill | undefined;
}

/** One request at a time. */
const FREE: Needs = { mask: OTHERS.busy, value: 0 };

/** The router takes the command and applies it. */
export function apply(cell: Cell, bug: BugName | undefined): Handled[] {
  const taken = take(cell);
  const changed = taken.entry.value === 'applying' || taken.entry.value === 'removing';
  const applied = changed ? answering(taken, 'apply') : taken;
  const done: Handled = {
    next: renumber({ ...applied, ...content(applied) }),
    needs: FREE,
    spill: changed ? spillOf(bug) : undefined,
  };
  if (bug === 'line-set-compare' && changed && differsInStickinessOnly(cell)) {
    return [
      { ...done, needs: { mask: OTHERS.busy | OTHERS.source, value: 0 } },
      {
        next: { ...applied, live: cell.live },
        needs: { mask: OTHERS.busy | OTHERS.source, value: OTHERS.source },
        spill: undefined,
      },
    ];
  }
  if (bug === 'poisoned-config' && changed) {
    const ignored: Cell = { ...cell, queued: false, answer: 'applied' };
    if (cell.entry.value === 'refused') return [{ next: withHarm(ignored, 'blocked'), needs: FREE, spill: undefined }];
    return [
      { ...done, needs: { mask: OTHERS.busy | OTHERS.refused, value: 0 } },
      {
        next: withHarm(ignored, 'blocked'),
        needs: { mask: OTHERS.busy | OTHERS.refused, value: OTHERS.refused },
        spill: undefined,
      },
    ];
  }
  return [done];
}

/** The command cannot be rendered, bound or validated. Undefined when there is nothing to apply. */
export function refuse(cell: Cell, bug: BugName | undefined): Handled | undefined {
  const refused = hearEntry(take(cell), 'refuse');
  if (!refused.heard) return undefined;
  const next: Cell = { ...refused.cell, answer: 'refused' };
  const alone = bug === 'accept-without-listener' && next.entry.context.serves === 'absent';
  return { next: alone ? withHarm(next, 'acceptAlone') : next, needs: FREE, spill: undefined };
}

/** An older command, or a snapshot that was read before the rule's last change, arrives after all others. */
export function lateCopy(cell: Cell, bug: BugName | undefined): Cell {
  if (bug !== 'stale-snapshot') return hearEntry(cell, 'putStale').cell;
  return { ...cell, entry: { value: 'inForce', context: { generation: 'stale', serves: 'stale' } } };
}

/** The command that the router has applied arrives once more. */
export function secondCopy(cell: Cell, bug: BugName | undefined): Cell {
  const again = hearEntry(cell, 'put').cell;
  return bug === 'duplicate-accept' ? withHarm(again, 'acceptTwice') : again;
}

/** What a spill does to a cell. */
export function spillOver(cell: Cell, spill: Spill): Cell {
  switch (spill) {
    case 'dropped':
      return { ...hearEntry(cell, 'wipe').cell, live: 'none' };
    case 'tableLost':
      return cell.entry.value === 'inForce' && cell.live === 'source' ? withHarm(cell, spill) : cell;
    case 'disconnected':
    case 'blocked':
      return cell.entry.value === 'inForce' ? withHarm(cell, spill) : cell;
  }
}

function take(cell: Cell): Cell {
  const { cell: taken, answer } = hearEntry(cell, cell.rule.value === 'revoke' ? 'remove' : 'put');
  return { ...taken, queued: false, answer: answer === 'outdated' ? undefined : answer };
}

/** The router finds on its data plane that clients, fresh and held, meet what it programmed. */
export function verify(cell: Cell): Handled {
  return { next: answering(cell, 'verify'), needs: FREE, spill: undefined };
}

function answering(cell: Cell, event: 'apply' | 'verify'): Cell {
  const { cell: next, answer } = hearEntry(cell, event);
  return { ...next, answer: answer === 'outdated' ? undefined : answer };
}

/** A command carries the whole rule: whatever was not sent before goes with it. */
function content({ rule, harm }: Cell): Pick<Cell, 'live' | 'dirty' | 'harm'> {
  return {
    live: rule.value === 'revoke' ? 'none' : rule.context.stickiness,
    dirty: false,
    harm: harm.filter((one) => one !== 'protocolUnsent'),
  };
}

function differsInStickinessOnly(cell: Cell): boolean {
  const programmed = cell.entry.value === 'inForce' || cell.entry.value === 'programmed';
  return programmed && !cell.dirty && cell.rule.value !== 'revoke' && cell.live !== cell.rule.context.stickiness;
}

function renumber(cell: Cell): Cell {
  return cell.harm.includes('renumbered') ? withHarm(cell, 'clientsMoved') : cell;
}

function spillOf(bug: BugName | undefined): Spill | undefined {
  switch (bug) {
    case 'partial-snapshot':
      return 'dropped';
    case 'table-lost-on-reload':
      return 'tableLost';
    case 'restart-instead-of-reload':
      return 'disconnected';
    default:
      return undefined;
  }
}
