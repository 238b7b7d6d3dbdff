/**
 * The test model: the compiled model and its graph. A path is a list of edges of the graph; it can be executed on the
 * statecharts, and written as abstract steps for replay files.
 *
 * @module
 */
import { graphOf, type StateGraph } from '@limpet/checker';
import { type CheckModel, createCheckModel, createPlayer, type Position } from '@limpet/state-space';
import { ConformanceError } from '../errors.ts';

/** A step by its text and its group, as replay files have it. */
export interface AbstractStep {
  /** From 0. */
  readonly group: number;
  readonly text: string;
}

/** A step that the statecharts took. */
export interface ExecutedStep extends AbstractStep {
  /** For reports: the lane that takes the step, and its text. */
  readonly sentence: string;
  /** The model's label of the step: the event in a trace, unless the step is a fault. */
  readonly label: number;
  readonly before: Position;
  readonly after: Position;
}

/** A model with a number of groups and members, and its graph. */
export interface TestModel {
  readonly groups: number;
  readonly members: number;
  /** Public port of the first rule; the others follow. */
  readonly port: number;
  readonly addressesMove: boolean;
  readonly certificatesGo: boolean;
  readonly model: CheckModel;
  readonly graph: StateGraph;
}

/** Options of {@link openTestModel}. */
export interface TestModelOptions {
  groups: number;
  members: number;
  /** @defaultValue 80 */
  port?: number;
  /** Addresses of rules go elsewhere and come back: only for a router that looks. @defaultValue false */
  addressesMove?: boolean;
  /** Certificates of rules go and come back: only for a router that looks. @defaultValue false */
  certificatesGo?: boolean;
  /** Cost of a step by its text; tours minimise the sum. @defaultValue 1 for each step */
  costOf?: (text: string) => number;
  /** Cost of starting a path anew. @defaultValue 1 */
  resetCost?: number;
}

/** Compiles the model, and explores its graph. */
export function openTestModel({
  groups,
  members,
  port = 80,
  addressesMove = false,
  certificatesGo = false,
  costOf = () => 1,
  resetCost = 1,
}: TestModelOptions): TestModel {
  const model = createCheckModel({ groups, members, symmetry: false, addressesMove, certificatesGo });
  const graph = graphOf(model, { costOf: (label) => costOf(textOf({ model, groups }, label)), resetCost });
  return { groups, members, port, addressesMove, certificatesGo, model, graph };
}

/**
 * Executes a path of edges on the statecharts.
 *
 * @throws ConformanceError `CONFORMANCE_STEP_IMPOSSIBLE` when the statecharts do not take one of the edges
 */
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
    const text = textOf({ model, groups }, label);
    return { text, group: label % groups, label, sentence: sentenceOf(model, label), before, after: player.position() };
  });
}

/** The text of the step with this label. */
export function textOf({ model, groups }: Pick<TestModel, 'model' | 'groups'>, label: number): string {
  return model.compiled.labels[Math.floor(label / groups)]!.text;
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
    const edge = edgeFrom(node, (label) => textOf({ model, groups }, label) === text && label % groups === group);
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

/** The abstract steps of a path of edges. */
export function abstractStepsOf({ model, graph, groups }: TestModel, path: readonly number[]): AbstractStep[] {
  return path.map((edge) => {
    const label = graph.labels[edge]!;
    return { group: label % groups, text: textOf({ model, groups }, label) };
  });
}
