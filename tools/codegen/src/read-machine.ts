/**
 * The only module that knows XState's insides: turns a machine, by executing its module, into edges.
 *
 * @module
 */
import type { AnyStateMachine } from 'xstate';
import { CodegenError } from './errors.ts';
import type { Edge, Machine } from './ir.ts';

type StateNode = AnyStateMachine['root'];
type Transition = StateNode['transitions'] extends Map<string, (infer T)[]> ? T : never;

/** True for what `createMachine` returns. */
export function isMachine(value: unknown): value is AnyStateMachine {
  return typeof value === 'object' && value !== null && 'root' in value && 'implementations' in value;
}

/**
 * Reads a flat machine.
 *
 * @param commandMarker - the function by which `setup` declares an action as a command
 * @throws CodegenError for an inline guard or action, a name without an implementation, `always`, `after`, `invoke`, nested states
 */
export function readMachine(
  machine: AnyStateMachine,
  file: string,
  exportName: string,
  commandMarker: unknown,
): Machine {
  const fail = (message: string) => new CodegenError('CODEGEN_BAD_MACHINE', file, `${exportName}: ${message}`);
  const root: StateNode = machine.root;
  if (root.transitions.size > 0)
    throw fail('a transition on the root is not drawn by the tools: put it into the states');
  const nodes: StateNode[] = Object.values(root.states);
  const initial = root.initial.target[0]?.key;
  if (initial === undefined) throw fail('no initial state');
  return {
    exportName,
    id: machine.id,
    file,
    initial,
    states: nodes.map((node) => {
      refuseUnreadable(node, fail);
      return {
        name: node.key,
        final: node.type === 'final',
        ...(node.description === undefined ? {} : { doc: node.description }),
      };
    }),
    events: [...machine.events].sort(),
    edges: nodes.flatMap((node) => readEdges(node, machine, fail)),
    commands: Object.entries(machine.implementations.actions)
      .filter(([, implementation]) => implementation === commandMarker)
      .map(([name]) => name)
      .sort(),
  };
}

function refuseUnreadable(node: StateNode, fail: (message: string) => Error): void {
  if (Object.keys(node.states).length > 0) throw fail(`state ${node.key} is nested or parallel; the machines are flat`);
  if (node.after.length > 0) throw fail(`state ${node.key} uses after; time comes in as an event`);
  if (node.invoke.length > 0) throw fail(`state ${node.key} uses invoke; effects come in as events`);
  if (node.always !== undefined && node.always.length > 0)
    throw fail(`state ${node.key} uses always; give it an event`);
  if (node.entry.length > 0 || node.exit.length > 0)
    throw fail(`state ${node.key} uses entry or exit; put the actions on its transitions`);
}

function readEdges(node: StateNode, machine: AnyStateMachine, fail: (message: string) => Error): Edge[] {
  return [...node.transitions.values()].flat().map((transition: Transition) => {
    const where = `${node.key} on ${transition.eventType}`;
    const guard =
      transition.guard === undefined
        ? undefined
        : nameOf(transition.guard, machine.implementations.guards, 'guard', where, fail);
    const targets = transition.target?.map((target) => target.key) ?? [];
    if (targets.length > 1) throw fail(`${where} has more than one target`);
    const [target] = targets;
    return {
      source: node.key,
      event: transition.eventType,
      ...(guard === undefined ? {} : { guard }),
      ...(target === undefined ? {} : { target }),
      actions: transition.actions.map((action) =>
        nameOf(action, machine.implementations.actions, 'action', where, fail),
      ),
    };
  });
}

function nameOf(
  reference: unknown,
  implementations: Readonly<Record<string, unknown>>,
  what: 'guard' | 'action',
  where: string,
  fail: (message: string) => Error,
): string {
  if (typeof reference !== 'string')
    throw fail(`${where} has an inline ${what} or one with params; name it in setup() and take no params`);
  if (!Object.hasOwn(implementations, reference))
    throw fail(`${where} names the ${what} ${reference}, which setup() does not have`);
  return reference;
}
