/**
 * A statechart as the operators see it: read from the source text of its module, with the offsets of all that can be changed.
 *
 * @module
 */
import {
  type ArrayLiteralExpression,
  type Expression,
  Node,
  type ObjectLiteralExpression,
  type PropertyAssignment,
  type SourceFile,
  SyntaxKind,
} from 'ts-morph';
import type { Edit } from './mutant.ts';

/** One way that an event may go in a state. */
export interface Branch {
  readonly target?: string;
  readonly guard?: string;
  /** Names, with the constants that stand for several written out. */
  readonly actions: readonly string[];
}

/** What a state does with an event: the first branch whose guard holds is taken. */
export interface Transition {
  readonly state: string;
  readonly event: string;
  readonly branches: readonly Branch[];
  readonly node: PropertyAssignment;
}

/** A module with one `setup({...}).createMachine({...})`. */
export interface Statechart {
  readonly source: SourceFile;
  readonly states: readonly string[];
  readonly transitions: readonly Transition[];
  /** Names in the order in which `setup` declares them. */
  readonly guards: readonly string[];
  /** The name of each action, and what it is: a `command`, a `signal`, a `success`, or an assignment to the context. */
  readonly actions: ReadonlyMap<string, 'command' | 'signal' | 'success' | 'assign'>;
  /** The constants that stand for several actions. */
  readonly lists: readonly { name: string; actions: readonly string[]; node: ArrayLiteralExpression }[];
  /** What `setup` is called with, and the initial state and context: where expressions are. */
  readonly setup: ObjectLiteralExpression;
  readonly machine: ObjectLiteralExpression;
}

/** Reads the statechart of a module. */
export function readStatechart(source: SourceFile): Statechart {
  const machine = argumentOf(source, 'createMachine');
  const setup = argumentOf(source, 'setup');
  const lists = source
    .getVariableDeclarations()
    .flatMap((declaration) => {
      const initializer = declaration.getInitializer();
      const node = Node.isAsExpression(initializer) ? initializer.getExpression() : initializer;
      return Node.isArrayLiteralExpression(node) ? [{ name: declaration.getName(), node }] : [];
    })
    .map(({ name, node }) => ({ name, node, actions: node.getElements().map(nameOf) }));
  const listed = new Map(lists.map(({ name, actions }) => [name, actions]));
  const states = objectAt(machine, 'states').getProperties().filter(Node.isPropertyAssignment);
  return {
    source,
    setup,
    machine,
    lists,
    states: states.map((state) => state.getName()),
    transitions: states.flatMap((state) => transitionsOf(state, listed)),
    guards: namesIn(setup, 'guards'),
    actions: new Map(
      properties(setup, 'actions').map((property) => {
        const kind = Node.isPropertyAssignment(property)
          ? property.getInitializerOrThrow().getText()
          : property.getName();
        return [property.getName(), kind === 'command' || kind === 'signal' || kind === 'success' ? kind : 'assign'];
      }),
    ),
  };
}

/** The edit that gives a transition these branches; none: the state does not know the event any more. */
export function writeTransition({ node, event }: Transition, branches: readonly Branch[]): Edit {
  if (branches.length === 0) return withoutProperty(node);
  const written = branches.map(writeBranch);
  const value = written.length === 1 ? written[0] : `[${written.join(', ')}]`;
  return { start: node.getStart(), end: node.getEnd(), text: `${event}: ${value}` };
}

/** The edit that takes a property, or an element, out of its list. */
export function withoutProperty(node: Node): Edit {
  const end = node.getEnd();
  const text = node.getSourceFile().getFullText();
  const comma = /^\s*,/.exec(text.slice(end));
  return { start: node.getStart(), end: end + (comma?.[0].length ?? 0), text: '' };
}

/** A list of names as source text. */
export function writeNames(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`;
}

function writeBranch({ guard, target, actions }: Branch): string {
  const parts = [
    ...(guard === undefined ? [] : [`guard: ${guard}`]),
    ...(target === undefined ? [] : [`target: '${target}'`]),
    ...(actions.length === 0 ? [] : [`actions: ${writeNames(actions)}`]),
  ];
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function transitionsOf(state: PropertyAssignment, lists: ReadonlyMap<string, readonly string[]>): Transition[] {
  const on = state.getInitializerIfKindOrThrow(SyntaxKind.ObjectLiteralExpression).getProperty('on');
  if (!Node.isPropertyAssignment(on)) return [];
  return on
    .getInitializerIfKindOrThrow(SyntaxKind.ObjectLiteralExpression)
    .getProperties()
    .filter(Node.isPropertyAssignment)
    .map((node) => {
      const value = node.getInitializerOrThrow();
      const branches = Node.isArrayLiteralExpression(value) ? value.getElements() : [value];
      return {
        state: state.getName(),
        event: node.getName(),
        node,
        branches: branches.map((branch) => readBranch(branch, lists)),
      };
    });
}

function readBranch(branch: Expression, lists: ReadonlyMap<string, readonly string[]>): Branch {
  if (Node.isStringLiteral(branch)) return { target: branch.getLiteralValue(), actions: [] };
  const config = branch.asKindOrThrow(SyntaxKind.ObjectLiteralExpression);
  const initializerOf = (name: string): Expression | undefined => {
    const property = config.getProperty(name);
    return Node.isPropertyAssignment(property) ? property.getInitializerOrThrow() : undefined;
  };
  const [target, guard, actions] = [initializerOf('target'), initializerOf('guard'), initializerOf('actions')];
  return {
    ...(target && { target: nameOf(target) }),
    ...(guard && { guard: guard.getText() }),
    actions: actions ? readActions(actions, lists) : [],
  };
}

function readActions(actions: Expression, lists: ReadonlyMap<string, readonly string[]>): readonly string[] {
  if (Node.isIdentifier(actions)) return lists.get(actions.getText()) ?? [];
  if (!Node.isArrayLiteralExpression(actions)) return [nameOf(actions)];
  return actions
    .getElements()
    .flatMap((each) => (Node.isSpreadElement(each) ? readActions(each.getExpression(), lists) : [nameOf(each)]));
}

function nameOf(node: Node): string {
  return node.asKindOrThrow(SyntaxKind.StringLiteral).getLiteralValue();
}

function argumentOf(source: SourceFile, name: string): ObjectLiteralExpression {
  const call = source
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .find((each) => each.getExpression().getText().split('.').at(-1) === name);
  if (call === undefined) throw new TypeError(`${source.getBaseName()}: no call of ${name}`);
  return call.getArguments()[0]!.asKindOrThrow(SyntaxKind.ObjectLiteralExpression);
}

function objectAt(object: ObjectLiteralExpression, name: string): ObjectLiteralExpression {
  return object
    .getPropertyOrThrow(name)
    .asKindOrThrow(SyntaxKind.PropertyAssignment)
    .getInitializerIfKindOrThrow(SyntaxKind.ObjectLiteralExpression);
}

function properties(object: ObjectLiteralExpression, name: string) {
  if (object.getProperty(name) === undefined) return [];
  return objectAt(object, name)
    .getProperties()
    .flatMap((each) => (Node.isPropertyAssignment(each) || Node.isShorthandPropertyAssignment(each) ? [each] : []));
}

function namesIn(object: ObjectLiteralExpression, name: string): string[] {
  return properties(object, name).map((each) => each.getName());
}
