import { type ActorState, isOver, type RunState } from '../store/run-state.ts';

/** What the router was told of a rule, what it says that it has, and what was seen. */
export interface RuleRow {
  readonly actor: string;
  readonly name: string;
  readonly command: string;
  readonly desired: string;
  readonly observed: string;
  /** Each as the router said it: `True`, `False (PortTaken)`. */
  readonly conditions: Readonly<Record<string, string>>;
  readonly seen: string;
  /** Somebody saw that it is not in force, and the router does not say so. */
  readonly contradicted: boolean;
  /** It has another generation than it was told, or says itself that it is not in force. */
  readonly behind: boolean;
}

/** The conditions of a rule, in the order in which one follows from the other. */
export const CONDITION_TYPES = ['Accepted', 'Programmed', 'InForce'] as const;

/** The rules that a router was told, or answered about: those that differ first. */
export function ruleRows(state: RunState): RuleRow[] {
  return [...state.values()]
    .filter((actor) => actor.id !== 'router' && !isOver(actor))
    .filter(({ ack, desired }) => ack !== undefined || desired !== undefined)
    .map(rowOf)
    .sort((one, other) => rank(one) - rank(other));
}

const rank = ({ contradicted, behind }: RuleRow): number => (contradicted ? 0 : behind ? 1 : 2);

function rowOf({ id, name, command, desired, observed, conditions, verdict, saw }: ActorState): RuleRow {
  const told = Object.fromEntries(
    conditions.map((text): [string, string] => {
      const [type = '', ...rest] = text.split(' ');
      return [type, rest.join(' ')];
    }),
  );
  const says = (type: string): string => told[type]?.split(' ')[0] ?? '';
  return {
    actor: id,
    name,
    command: command ?? '',
    desired: String(desired ?? ''),
    observed: String(observed ?? ''),
    conditions: told,
    seen:
      verdict === undefined
        ? ''
        : verdict === 'violated'
          ? (saw ?? 'not as asked')
          : verdict === 'holds'
            ? 'as asked'
            : '',
    contradicted: verdict === 'violated' && says('InForce') !== 'False' && says('Programmed') !== 'False',
    behind: (desired !== undefined && observed !== undefined && observed < desired) || says('InForce') === 'False',
  };
}
