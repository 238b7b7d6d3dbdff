/**
 * Explores one cell with the router, alone: every cell that any system of this size can have.
 *
 * @module
 */
import type { BugName } from '../component/bugs.ts';
import { type Cell, cellKey, emptyCell, sortMembers, withoutKind } from '../component/cell.ts';
import { type CellStep, cellSteps, type StepLabel } from '../component/cell-steps.ts';
import { type Spill, spillOver } from '../component/handling.ts';
import { INVARIANTS } from '../component/invariants.ts';
import { ROUTER_STATES, type RouterStep, routerSteps } from '../component/router-steps.ts';

/** A cell in a state of the router. */
export interface Node {
  readonly cell: Cell;
  /** Index in `ROUTER_STATES`. */
  readonly router: number;
  readonly edges: readonly NodeEdge[];
  /** For each of the router's steps from this state, in their order: the node after it. */
  readonly moves: readonly number[];
  /** What each spill that occurs makes of it, when another cell takes the step. */
  readonly spills: readonly number[];
}

/** A step of a cell, by indexes: `label` in `Enumeration.labels`, `target` in `Enumeration.nodes`. */
export interface NodeEdge extends Pick<CellStep, 'needs' | 'spill'> {
  readonly label: number;
  readonly target: number;
}

/** All nodes that any run reaches, the first one initial, and the lists that their numbers refer to. */
export interface Enumeration {
  readonly nodes: readonly Node[];
  readonly labels: readonly StepLabel[];
  readonly routerSteps: readonly RouterStep[];
  readonly spills: readonly Spill[];
}

/** Most that a cell of two members can have; more means that something counts without bound. */
const MAX_NODES = 500_000;

/** Which cells are enumerated. */
export interface EnumerateOptions {
  members: number;
  /** Members are interchangeable. */
  folded: boolean;
  bug?: BugName | undefined;
  /**
   * Whether two kinds of stickiness are two states. Without a bug nothing depends on it, and `minimise` merges the kinds: to leave them out
   * from the start gives the same blocks in a fraction of the time.
   *
   * @defaultValue whether the bug depends on it
   */
  distinguishStickiness?: boolean;
  /** Go on where an invariant is broken; otherwise runs end there. */
  continueAfterViolation?: boolean;
}

const DEPENDS_ON_STICKINESS: ReadonlySet<BugName | undefined> = new Set<BugName>([
  'line-set-compare',
  'table-lost-on-reload',
  'positional-names',
  'rollback-loses-policy',
]);

/**
 * Every node that is reached from the empty cell and an absent router: by the cell's own steps, by the router's, and by what
 * steps of other cells do to it.
 *
 * @throws RangeError for more than 500,000 nodes: then something counts without bound.
 */
export function enumerateCells(options: EnumerateOptions): Enumeration {
  const {
    members,
    folded,
    bug,
    distinguishStickiness = DEPENDS_ON_STICKINESS.has(bug),
    continueAfterViolation = false,
  } = options;
  const ofRouter = routerSteps(bug);
  const spills = spillsOf(bug);
  const sort = folded ? sortMembers : (cell: Cell) => cell;
  const canonical = distinguishStickiness
    ? (cell: Cell) => sort(withoutDirt(cell, bug))
    : (cell: Cell) => sort(withoutKind(cell));
  const isBroken = (cell: Cell, router: string) => INVARIANTS.some((invariant) => !invariant.holds(cell, router));
  const nodes: { cell: Cell; router: number; edges: NodeEdge[]; moves: number[]; spills: number[] }[] = [];
  const codes = new Map<string, number>();
  const labels = new Map<string, number>();
  const labelList: StepLabel[] = [];

  const intern = (raw: Cell, router: number): number => {
    const cell = canonical(raw);
    const key = `${router} ${cellKey(cell)}`;
    const known = codes.get(key);
    if (known !== undefined) return known;
    if (nodes.length >= MAX_NODES)
      throw new RangeError(`a cell of ${members} members has more than ${MAX_NODES} states, such as: ${key}`);
    codes.set(key, nodes.length);
    return nodes.push({ cell, router, edges: [], moves: [], spills: [] }) - 1;
  };
  const labelOf = (label: StepLabel): number => {
    const key = `${label.lane} ${label.kind} ${label.text}`;
    const known = labels.get(key) ?? labelList.push(label) - 1;
    labels.set(key, known);
    return known;
  };

  for (const { label } of ofRouter) labelOf(label);
  intern(emptyCell(members), 0);
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at]!;
    const router = ROUTER_STATES[node.router]!;
    // The shortest way to break an invariant ends there.
    const ends = bug !== undefined && !continueAfterViolation && isBroken(node.cell, router);
    const steps = ends ? [] : cellSteps(node.cell, { router, bug }, folded);
    for (const { label, next, needs, spill } of steps)
      node.edges.push({
        label: labelOf(label),
        target: next === node.cell ? at : intern(next, node.router),
        needs,
        spill,
      });
    for (const step of ofRouter)
      if (step.from === router)
        node.moves.push(intern(step.move(node.cell), ROUTER_STATES.indexOf(step.to as (typeof ROUTER_STATES)[number])));
    for (const spill of spills)
      node.spills.push(router === 'running' ? intern(spillOver(node.cell, spill), node.router) : at);
  }
  return { nodes, labels: labelList, routerSteps: ofRouter, spills };
}

function spillsOf(bug: BugName | undefined): Spill[] {
  switch (bug) {
    case 'partial-snapshot':
      return ['dropped'];
    case 'table-lost-on-reload':
      return ['tableLost'];
    case 'restart-instead-of-reload':
      return ['disconnected'];
    default:
      return [];
  }
}

/** Only a comparison of line sets depends on what else a command would change. */
function withoutDirt(cell: Cell, bug: BugName | undefined): Cell {
  return cell.dirty && bug !== undefined && bug !== 'line-set-compare' ? { ...cell, dirty: false } : cell;
}
