/**
 * A cell: one group with its rule, its members, what the router has for the rule, and what is in flight about it.
 *
 * Cells meet only on the router, so the whole system is some cells and a router; each is explored once, alone.
 *
 * @module
 */
import {
  createTable,
  type EntryContext,
  entryMachine,
  type GroupContext,
  groupMachine,
  type Local,
  memberMachine,
  type RuleContext,
  routerMachine,
  ruleMachine,
  type StickinessKind,
} from '@limpet/model';

/** Harm that no machine of ours can do: only bug switches bring it about, and invariants forbid it. */
export type Harm =
  | 'tableLost'
  | 'renumbered'
  | 'clientsMoved'
  | 'disconnected'
  | 'blocked'
  | 'policyLost'
  | 'leaked'
  | 'protocolUnsent'
  | 'acceptTwice'
  | 'acceptAlone';

/** What the router answered, on its way to the management side. */
export type InFlightAnswer = 'applied' | 'inForce' | 'refused';

/** The state of a cell. Every field is plain data, and cells are never changed in place. */
export interface Cell {
  readonly group: Local<GroupContext>;
  readonly rule: Local<RuleContext>;
  readonly members: readonly Local<unknown>[];
  readonly entry: Local<EntryContext>;
  /** A command about the rule waits for its turn, or is on its way: it carries the latest generation when it is handled. */
  readonly queued: boolean;
  /** One request at a time is under way on a router, so at most one cell has an answer in flight. */
  readonly answer: InFlightAnswer | undefined;
  /** The stickiness that HAProxy's running configuration has for the rule. */
  readonly live: StickinessKind;
  /** Something else than the stickiness differs between the rule and HAProxy's running configuration. */
  readonly dirty: boolean;
  readonly harm: readonly Harm[];
}

/** The machines, each as a table of XState's own answers. */
export const MACHINES = {
  group: createTable(groupMachine),
  rule: createTable(ruleMachine),
  member: createTable(memberMachine),
  entry: createTable(entryMachine),
  router: createTable(routerMachine),
};

/** Where a rule and a group start, and where they end. */
export function emptyCell(members: number): Cell {
  const group = MACHINES.group.initial({ min: 1, max: members, capacity: members });
  return {
    group: { value: 'removed', context: group.context },
    rule: goneRule(),
    members: Array.from({ length: members }, () => MACHINES.member.initial(undefined)),
    entry: MACHINES.entry.initial(undefined),
    queued: false,
    answer: undefined,
    live: 'none',
    dirty: false,
    harm: [],
  };
}

/** A rule that is gone leaves nothing behind. */
export function goneRule(): Cell['rule'] {
  return { value: 'gone', context: MACHINES.rule.initial(undefined).context };
}

/** Equal for equal cells. */
export function cellKey({ group, rule, members, entry, queued, answer, live, dirty, harm }: Cell): string {
  let key = `${codeOf(group)} ${codeOf(rule)} ${codeOf(entry)} ${queued} ${answer} ${live} ${dirty} ${harm.join('+')}`;
  for (const member of members) key += ` ${codeOf(member)}`;
  return key;
}

const codes = new Map<string, number>();
const known = new WeakMap<Local<unknown>, number>();

/** A number for a machine's state; most come from the tables, where equal ones are the same object. */
function codeOf(local: Local<unknown>): number {
  const quick = known.get(local);
  if (quick !== undefined) return quick;
  const key = JSON.stringify(local);
  const code = codes.get(key) ?? codes.size;
  codes.set(key, code);
  known.set(local, code);
  return code;
}

/** The same cell for every order of its members: they are interchangeable. */
export function sortMembers(cell: Cell): Cell {
  const isSorted = cell.members.every((member, i) => i === 0 || cell.members[i - 1]!.value <= member.value);
  if (isSorted) return cell;
  return { ...cell, members: cell.members.toSorted((a, b) => (a.value < b.value ? -1 : 1)) };
}

/** The cell with a harm more; the cell itself when it has it already. */
export function withHarm(cell: Cell, harm: Harm): Cell {
  return cell.harm.includes(harm) ? cell : { ...cell, harm: [...cell.harm, harm].sort() };
}

/** All kinds of stickiness as one, and all changes as one. */
export function withoutKind(cell: Cell): Cell {
  if (cell.rule.context.stickiness === 'none' && cell.live === 'none' && !cell.dirty) return cell;
  const context: RuleContext = { ...cell.rule.context, stickiness: 'none' };
  return { ...cell, rule: { value: cell.rule.value, context }, live: 'none', dirty: false };
}
