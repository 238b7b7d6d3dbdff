/**
 * Paths through the model: from edges of its graph to steps of the statecharts, and from words back to edges.
 *
 * @module
 */
import { graphOf, type StateGraph } from '@limpet/checker';
import { type CheckModel, createCheckModel, createPlayer, type Position } from '@limpet/state-space';
import { ConformanceError } from '../errors.ts';

/** A step in words, as replay files have it. */
export interface AbstractStep {
  readonly group: number;
  readonly text: string;
}

/** A step that the statecharts took. */
export interface ExecutedStep extends AbstractStep {
  /** For people: the lane that takes it, and what it is. */
  readonly sentence: string;
  /** The name in traces; faults have none. */
  readonly label: number;
  readonly before: Position;
  readonly after: Position;
}

/** A model and its graph: what paths are made of. */
export interface TestModel {
  readonly groups: number;
  readonly members: number;
  /** Public port of the first rule; the others follow. */
  readonly port: number;
  readonly model: CheckModel;
  readonly graph: StateGraph;
}

export interface TestModelOptions {
  groups: number;
  members: number;
  port?: number;
  costOf?: (text: string) => number;
  resetCost?: number;
}

export function openTestModel({
  groups,
  members,
  port = 80,
  costOf = () => 1,
  resetCost = 1,
}: TestModelOptions): TestModel {
  const model = createCheckModel({ groups, members, symmetry: false });
  const textOf = (label: number) => model.compiled.labels[Math.floor(label / groups)]!.text;
  const graph = graphOf(model, { costOf: (label) => costOf(textOf(label)), resetCost });
  return { groups, members, port, model, graph };
}

/** Plays a path of edges on the statecharts. */
export function execute({ model, graph, groups }: TestModel, path: readonly number[]): ExecutedStep[] {
  const player = createPlayer(model);
  player.reset();
  return path.map((edge) => {
    const label = graph.labels[edge]!;
    const before = player.position();
    if (!player.take(label, graph.states, graph.targets[edge]! * graph.words))
      throw new ConformanceError(
        'CONFORMANCE_STEP_IMPOSSIBLE',
        `the statecharts do not take: ${sentenceOf(model, label)}`,
      );
    const { text } = model.compiled.labels[Math.floor(label / groups)]!;
    return { text, group: label % groups, label, sentence: sentenceOf(model, label), before, after: player.position() };
  });
}

function sentenceOf(model: CheckModel, label: number): string {
  const { lane, text } = model.describeStep(label);
  return `${lane}: ${text}`;
}

/** The edges of these steps; undefined when the model cannot take one of them. */
export function edgesOf({ model, graph, groups }: TestModel, moves: readonly AbstractStep[]): number[] | undefined {
  const path: number[] = [];
  let node = graph.initial;
  for (const { group, text } of moves) {
    const edge = edgeFrom(node, (label) => {
      const isRouters = model.compiled.labels[Math.floor(label / groups)]!.text === text;
      return isRouters && label % groups === group;
    });
    if (edge === undefined) return undefined;
    path.push(edge);
    node = graph.targets[edge]!;
  }
  return path;

  function edgeFrom(from: number, isWanted: (label: number) => boolean): number | undefined {
    for (let edge = graph.offsets[from]!; edge < graph.offsets[from + 1]!; edge++)
      if (isWanted(graph.labels[edge]!)) return edge;
    return undefined;
  }
}

export function abstractStepsOf({ model, graph, groups }: TestModel, path: readonly number[]): AbstractStep[] {
  return path.map((edge) => {
    const label = graph.labels[edge]!;
    return { group: label % groups, text: model.compiled.labels[Math.floor(label / groups)]!.text };
  });
}
