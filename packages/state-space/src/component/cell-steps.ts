/**
 * Every step that a cell can take by itself, given the state of the router.
 *
 * @module
 */
import type { GroupEvent } from '@limpet/model';
import { type Cell, emptyCell, MACHINES, withHarm } from './cell.ts';
import { apply, lateCopy, type Needs, refuse, type Spill, secondCopy, verify } from './handling.ts';
import { type CellEvent, hearEntry, isPossible, react, type Surroundings } from './reaction.ts';

/** Who takes a step, as in the checker's interface. */
export type StepKind = 'system' | 'environment' | 'fault';

/** A step as people and logs read it: the lane that takes it, and what happens. */
export interface StepLabel {
  readonly lane: 'group' | 'rule' | 'members' | 'router' | 'link';
  readonly text: string;
  readonly kind: StepKind;
}

/** A step of one cell: what it becomes, what the step needs of other cells, and what it does to them. */
export interface CellStep {
  readonly label: StepLabel;
  readonly next: Cell;
  readonly needs: Needs;
  readonly spill: Spill | undefined;
}

const ALWAYS: Needs = { mask: 0, value: 0 };

const GROUP_STEPS: readonly (readonly [GroupEvent['type'], StepKind, string])[] = [
  ['configured', 'system', 'the group is configured'],
  ['configureFailed', 'fault', 'the group cannot be configured, and is removed'],
  ['enable', 'environment', 'a user enables the group'],
  ['disable', 'environment', 'a user disables the group'],
  ['scaleDown', 'environment', 'the group scales down'],
  ['delete', 'environment', 'a user deletes the group'],
  ['deleteWithCleanup', 'environment', 'a user deletes the group and its VMs'],
];

/** What the bug `delete-needs-router` tells a user. It changes nothing, and a log has it all the same. */
const REFUSED_WITHOUT_ROUTER: Partial<Record<GroupEvent['type'], string>> = {
  disable: 'a user cannot disable the group while its router does not answer',
  delete: 'a user cannot delete the group while its router does not answer',
  deleteWithCleanup: 'a user cannot delete the group and its VMs while its router does not answer',
};

function refusal(text: string, cell: Cell): CellStep {
  return { label: { lane: 'group', kind: 'environment', text }, next: cell, needs: ALWAYS, spill: undefined };
}

/** A user changes the stickiness: to the other kind. */
const STICKINESS = { none: 'setSourceBased', source: 'setNone' } as const;

/** @param folded - members are interchangeable: of those in the same state one stands for all */
export function cellSteps(cell: Cell, around: Surroundings, folded: boolean): CellStep[] {
  return [
    ...groupSteps(cell, around),
    ...ruleSteps(cell, around),
    ...memberSteps(cell, around, folded),
    ...linkSteps(cell, around),
  ];
}

function groupSteps(cell: Cell, around: Surroundings): CellStep[] {
  const steps: CellStep[] = [];
  const add = (lane: StepLabel['lane'], kind: StepKind, text: string, next: Cell | undefined) => {
    if (next !== undefined && next !== cell)
      steps.push({ label: { lane, kind, text }, next, needs: ALWAYS, spill: undefined });
  };
  if (cell.group.value === 'removed' && cell.rule.value === 'gone')
    add('group', 'environment', 'a user creates a rule and a group', created(cell, around));
  for (const [event, kind, text] of GROUP_STEPS) {
    if (isIdle(cell, event)) continue;
    const next = react(cell, { to: 'group', event }, around);
    const refused = around.bug === 'delete-needs-router' ? REFUSED_WITHOUT_ROUTER[event] : undefined;
    if (refused === undefined || around.router === 'running') add('group', kind, text, next);
    else if (next !== undefined) steps.push(refusal(refused, cell));
  }
  const { size, min } = cell.group.context;
  if (size < min)
    add(
      'group',
      'system',
      'the group makes up for a missing VM',
      react(cell, { to: 'group', event: 'scaleUp' }, around),
    );
  else add('group', 'environment', 'the group scales up', react(cell, { to: 'group', event: 'scaleUp' }, around));
  return steps;
}

/** A success that changes nothing, such as enabling what is enabled. */
function isIdle(cell: Cell, event: GroupEvent['type']): boolean {
  return MACHINES.group.edge(cell.group, event)?.actions.includes('success') ?? false;
}

/** The rule comes first, then the group; the router may still know an earlier rule of the same address and port. */
function created(cell: Cell, around: Surroundings): Cell | undefined {
  const { members, entry, harm } = cell;
  const fresh = emptyCell(members.length);
  const group = MACHINES.group.initial({ ...fresh.group.context });
  const rule = MACHINES.rule.initial(undefined);
  return react(hearEntry({ ...fresh, group, rule, entry, harm }, 'age').cell, { to: 'rule', event: 'accept' }, around);
}

function ruleSteps(cell: Cell, around: Surroundings): CellStep[] {
  const steps: CellStep[] = [];
  const add = (kind: StepKind, text: string, next: Cell | undefined) => {
    if (next !== undefined) steps.push({ label: { lane: 'rule', kind, text }, next, needs: ALWAYS, spill: undefined });
  };
  const change = STICKINESS[cell.rule.context.stickiness];
  add('environment', 'a user changes the stickiness', react(cell, { to: 'rule', event: change }, around));
  if (isPossible(cell, { to: 'rule', event: 'update' })) {
    const unsent = around.bug === 'protocol-not-pushed';
    add(
      'environment',
      'a user changes the protocol',
      unsent ? withHarm(cell, 'protocolUnsent') : react(cell, { to: 'rule', event: 'update' }, around),
    );
  }
  if (!cell.queued)
    add('system', 'a refused change is tried again', react(cell, { to: 'rule', event: 'retry' }, around));
  return steps;
}

function memberSteps(cell: Cell, around: Surroundings, folded: boolean): CellStep[] {
  return cell.members.flatMap((member, index): CellStep[] => {
    if (folded && cell.members.findIndex((other) => other.value === member.value) < index) return [];
    const vm = folded ? 'a VM' : `VM ${index + 1}`;
    const step = (kind: StepKind, text: string, next: Cell | undefined): CellStep[] =>
      next === undefined
        ? []
        : [{ label: { lane: 'members', kind, text: `${vm} ${text}` }, next, needs: ALWAYS, spill: undefined }];
    const hears = (event: (CellEvent & { to: 'member' })['event']) =>
      react(cell, { to: 'member', member: index, event }, around);
    if (cell.group.value === 'revoke') return step('system', 'is destroyed', hears('destroy'));
    return [
      ...step('system', 'has started', hears('started')),
      ...(around.bug === 'orphan-member'
        ? step('fault', 'has started, and is not assigned to the rule', orphaned(cell, index))
        : []),
      ...step('fault', 'does not start', hears('startFailed')),
      ...step('system', 'is drained', hears('drained')),
      ...step('fault', 'dies', left(cell, hears('fail'), around)),
      // While another operation is under way, a failed VM waits.
      ...(member.value === 'failed' && !cell.group.context.operating
        ? step('system', 'that failed is destroyed', hears('remove'))
        : []),
    ];
  });
}

/** Running, counted, and unknown to the rule. */
function orphaned(cell: Cell, index: number): Cell | undefined {
  const edge = MACHINES.member.edge(cell.members[index] ?? { value: 'gone', context: {} }, 'started');
  const group = MACHINES.group.edge(cell.group, 'memberFailed')?.next ?? cell.group;
  return edge && { ...cell, members: cell.members.with(index, edge.next), group };
}

/** With servers named by position, those after the one that goes get other names. */
function left(cell: Cell, next: Cell | undefined, { bug }: Surroundings): Cell | undefined {
  const others = next?.members.some((member) => member.value === 'serving') ?? false;
  if (next === undefined || bug !== 'positional-names' || !others || cell.live !== 'source') return next;
  return withHarm(next, 'renumbered');
}

function linkSteps(cell: Cell, around: Surroundings): CellStep[] {
  const { router, bug } = around;
  if (router !== 'running') return [];
  const steps: CellStep[] = [];
  const add = (lane: StepLabel['lane'], kind: StepKind, text: string, next: Cell, needs = ALWAYS, spill?: Spill) =>
    steps.push({ label: { lane, kind, text }, next, needs, spill });
  if (cell.queued && cell.answer === undefined) {
    for (const { next, needs, spill } of apply(cell, bug))
      add('router', 'system', 'the router applies the command', next, needs, spill);
    const refused = refuse(cell, bug);
    if (refused !== undefined) add('router', 'fault', 'the router refuses the command', refused.next, refused.needs);
    add('link', 'fault', 'the command is lost, and waits to be sent again', cell);
  }
  if (cell.entry.value === 'programmed' && cell.entry.context.generation === 'current' && cell.answer === undefined) {
    const { next, needs } = verify(cell);
    add('router', 'system', 'the router verifies the rule', next, needs);
  }
  if (cell.answer !== undefined) {
    add('link', 'system', `the answer "${cell.answer}" arrives`, delivered(cell, around));
    add('link', 'fault', `the answer "${cell.answer}" is lost`, answerLost(cell, around));
  }
  if (cell.entry.value !== 'empty') {
    add('link', 'fault', 'an older command arrives late', lateCopy(cell, bug));
    if (cell.rule.value !== 'gone')
      add(
        'link',
        'environment',
        'another operation sends a snapshot that it read before the change',
        lateCopy(cell, bug),
      );
  }
  if (['programmed', 'inForce'].includes(cell.entry.value) && cell.entry.context.generation === 'current')
    add('link', 'fault', 'the command arrives a second time', secondCopy(cell, bug));
  return steps;
}

function delivered(cell: Cell, around: Surroundings): Cell {
  const { answer } = cell;
  if (answer === undefined) return cell;
  const event = answer === 'refused' && around.bug === 'refused-as-applied' ? 'applied' : answer;
  const heard = react({ ...cell, answer: undefined }, { to: 'rule', event }, around) ?? { ...cell, answer: undefined };
  if (around.bug !== 'rollback-loses-policy' || answer !== 'refused' || heard.rule.context.stickiness === 'none')
    return heard;
  return withHarm(
    { ...heard, rule: { ...heard.rule, context: { ...heard.rule.context, stickiness: 'none' } } },
    'policyLost',
  );
}

/** The management side waits in vain, and sends the command again when its time is over. */
export function answerLost(cell: Cell, around: Surroundings): Cell {
  const lost: Cell = { ...cell, answer: undefined };
  if (cell.answer === undefined || around.bug === 'lost-ack') return lost;
  return react(lost, { to: 'rule', event: 'timeout' }, around) ?? lost;
}
