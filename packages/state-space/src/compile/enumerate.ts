/**
 * Explores one cell with the router, alone: every cell that any system of this size can have.
 *
 * @module
 */
import { type BugName, bugCalled } from '../component/bugs.ts';
import type { Cell } from '../component/cell.ts';
import { type CellStep, cellSteps, type Spill, type StepLabel } from '../component/cell-steps.ts';
import { ROUTER_STATES, ROUTER_STEPS } from '../component/router-steps.ts';
import { type At, createRunner, type Runner } from '../component/runner.ts';
import { isSettled } from '../composition/possibilities.ts';
import { CHOICE_LOST } from '../composition/properties.ts';

/** A cell in a state of the router. */
export interface Node {
  readonly at: At;
  readonly cell: Cell;
  /** Index in `ROUTER_STATES`. */
  readonly router: number;
  /** The properties that do not hold in it, or were broken on the way, as bits by their place in `PROPERTIES`. */
  readonly violated: number;
  /** All that was asked for is in force. */
  readonly settled: boolean;
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
  readonly spills: readonly Spill[];
  /** The node of a state of the runner; undefined when no run of the enumeration reaches it. */
  nodeOf(at: At): number | undefined;
  readonly runner: Runner;
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
  /** Addresses of rules go elsewhere, so that rules cannot be served for a while. @defaultValue false */
  addressesMove?: boolean;
  /** Certificates of rules go, so that rules cannot be served for a while. @defaultValue false */
  certificatesGo?: boolean;
}

const DEPENDS_ON_STICKINESS: ReadonlySet<BugName | undefined> = new Set<BugName>([
  'line-set-compare',
  'rollback-loses-policy',
]);

/** A step of one cell does something to the others. */
const DROPS_OTHERS: ReadonlySet<BugName> = new Set<BugName>(['partial-snapshot', 'loss-takes-others']);

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
    addressesMove = false,
    certificatesGo = false,
  } = options;
  const runner = createRunner(members, bug && bugCalled(bug));
  // Where runs go on, what a step broke says nothing of later states, but for a choice that was lost.
  const remembered = continueAfterViolation ? CHOICE_LOST : ~0;
  const what = { members: folded, stickiness: !distinguishStickiness };
  const spills: Spill[] = bug !== undefined && DROPS_OTHERS.has(bug) ? ['dropped'] : [];
  const nodes: (Omit<Node, 'edges' | 'moves' | 'spills'> & { edges: NodeEdge[]; moves: number[]; spills: number[] })[] =
    [];
  const codes = new Map<string, number>();
  const labels = new Map<string, number>();
  const labelList: StepLabel[] = [];

  const keyOf = ({ side, channel, broken }: At): string => `${side} ${channel} ${broken}`;
  const intern = (whole: At): number => {
    const folded = runner.fold(whole, what);
    const at = { ...folded, broken: folded.broken & remembered };
    const key = keyOf(at);
    const known = codes.get(key);
    if (known !== undefined) return known;
    const [cell, side] = [runner.cellOf(at), runner.sideOf(at)];
    if (nodes.length >= MAX_NODES)
      throw new RangeError(
        `a cell of ${members} members has more than ${MAX_NODES} states, such as: ${JSON.stringify(cell)}`,
      );
    codes.set(key, nodes.length);
    return (
      nodes.push({
        at,
        cell,
        router: ROUTER_STATES.indexOf(side.router as (typeof ROUTER_STATES)[number]),
        violated: runner.violatedAt(at),
        settled: isSettled(side, cell),
        edges: [],
        moves: [],
        spills: [],
      }) - 1
    );
  };
  const labelOf = (label: StepLabel): number => {
    const key = `${label.lane} ${label.kind} ${label.text}`;
    const known = labels.get(key) ?? labelList.push(label) - 1;
    labels.set(key, known);
    return known;
  };

  for (const { label } of ROUTER_STEPS) labelOf(label);
  intern(runner.initial);
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at]!;
    const router = ROUTER_STATES[node.router]!;
    // The shortest way to break an invariant ends there.
    const ends = bug !== undefined && !continueAfterViolation && node.violated !== 0;
    const steps = ends ? [] : cellSteps(node.at, { runner, bug, folded, addressesMove, certificatesGo });
    for (const { label, next, needs, spill } of steps)
      node.edges.push({ label: labelOf(label), target: intern(next), needs, spill });
    for (const step of ROUTER_STEPS) if (step.from === router) node.moves.push(intern(step.move(runner, node.at)));
    for (const _ of spills) node.spills.push(router === 'running' ? intern(runner.drop(node.at)) : at);
  }
  return { nodes, labels: labelList, spills, runner, nodeOf: (at) => codes.get(keyOf(runner.fold(at, what))) };
}
