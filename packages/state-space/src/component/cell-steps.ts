/**
 * The steps of a cell, each a run of `createSystem`: of all that may happen, a user of a test or a log sees these. They leave
 * out what nobody can tell apart from outside: a command that arrives is applied or refused at once, a question is answered at
 * once, the quiet time is over at once, a user who deletes a group deletes its rule, and who waits in vain asks again at once.
 *
 * @module
 */
import type { EntryEvent, GroupEvent, MessageKind, SystemEvent } from '@limpet/model';
import { type HostNeed, isLost, isWaitingForHost, lackedBy } from '../composition/host-needs.ts';
import type { BugName } from './bugs.ts';
import type { Cell } from './cell.ts';
import type { At, Runner } from './runner.ts';

/** Who takes a step, as in the checker's interface. */
export type StepKind = 'system' | 'environment' | 'fault';

/** A step as people and logs read it: the lane that takes it, and what happens. */
export interface StepLabel {
  readonly lane: 'group' | 'rule' | 'members' | 'router' | 'link';
  readonly text: string;
  readonly kind: StepKind;
}

/** What a cell may ask of the others, as bits: some other cell has an answer in flight, serves source-based stickiness. */
export const OTHERS = { busy: 1, source: 2 } as const;

/** When a step is possible, as far as other cells are concerned: `others & mask` must be `value`. */
export interface Needs {
  readonly mask: number;
  readonly value: number;
}

/** What a step does to every other cell; only with a bug. */
export type Spill = 'dropped';

/** A step of one cell: what it becomes, what the step needs of other cells, and what it does to them. */
export interface CellStep {
  readonly label: StepLabel;
  readonly next: At;
  readonly needs: Needs;
  readonly spill: Spill | undefined;
}

const ALWAYS: Needs = { mask: 0, value: 0 };
/** One request at a time is under way on a router. */
const FREE: Needs = { mask: OTHERS.busy, value: 0 };

const group = 0;
const groupEvent = (event: GroupEvent['type']): SystemEvent => ({ to: 'group', group, event });
const ruleEvent = (event: (SystemEvent & { to: 'rule' })['event']): SystemEvent => ({ to: 'rule', group, event });
const memberEvent = (member: number, event: (SystemEvent & { to: 'member' })['event']): SystemEvent => ({
  to: 'member',
  group,
  member,
  event,
});
const entryEvent = (event: (SystemEvent & { to: 'entry' })['event']): SystemEvent => ({ to: 'entry', group, event });
const linkEvent = (event: 'deliver' | 'duplicate' | 'lose', message: MessageKind): SystemEvent => ({
  to: 'link',
  group,
  message,
  event,
});

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

/** A user changes the stickiness: to the other kind. */
const STICKINESS = { none: 'setSourceBased', source: 'setNone' } as const;

/** What a host takes from a rule and gives back, by the events of the entry, and how people read it. */
interface Loss {
  readonly lose: EntryEvent['type'] & `lose${string}`;
  readonly regain: EntryEvent['type'] & `regain${string}`;
  readonly gone: string;
  readonly back: string;
}

const LOSSES: Readonly<Record<HostNeed, Loss>> = {
  address: {
    lose: 'loseAddress',
    regain: 'regainAddress',
    gone: 'the address of the rule goes elsewhere',
    back: 'the address of the rule comes back',
  },
  certificate: {
    lose: 'loseCertificate',
    regain: 'regainCertificate',
    gone: 'the certificate of the rule goes',
    back: 'the certificate of the rule comes back',
  },
};

/** What a step is taken with. */
export interface Surroundings {
  readonly runner: Runner;
  readonly bug: BugName | undefined;
  /** Members are interchangeable: of those in the same state one stands for all. */
  readonly folded: boolean;
  /** The address of the rule goes elsewhere and comes back. */
  readonly addressesMove: boolean;
  /** The certificate of the rule goes and comes back. */
  readonly certificatesGo: boolean;
}

type Add = (
  lane: StepLabel['lane'],
  kind: StepKind,
  text: string,
  next: At | undefined,
  more?: Partial<Pick<CellStep, 'needs' | 'spill'>>,
) => void;

/** Every step that a cell can take by itself. */
export function cellSteps(at: At, around: Surroundings): CellStep[] {
  const steps: CellStep[] = [];
  const add: Add = (lane, kind, text, next, { needs = ALWAYS, spill } = {}) => {
    if (next !== undefined)
      steps.push({ label: { lane, kind, text }, next: settle(around.runner, next), needs, spill });
  };
  addGroupSteps(add, at, around);
  addRuleSteps(add, at, around);
  addMemberSteps(add, at, around);
  if (around.runner.sideOf(at).router === 'running') addLinkSteps(add, at, around);
  return steps;
}

/**
 * What follows at once. A copy that the link kept is forgotten: it may arrive at any later time all the same, as the steps
 * "an older command arrives late" and "the command arrives a second time" say. A command that is sent again while the answer
 * to the same generation is on its way is lost: that answer will do.
 */
export function settle(runner: Runner, at: At): At {
  let settled = runner.takeAny(at, linkEvent('lose', 'late'));
  if (runner.cellOf(settled).inFlight.answer !== undefined)
    settled = runner.takeAny(settled, linkEvent('lose', 'command'));
  if (runner.sideOf(settled).group.context.quiet) settled = runner.takeAny(settled, groupEvent('quietOver'));
  const { group: machine, rule } = runner.sideOf(settled);
  if (machine.value !== 'removed' || rule.value === 'gone' || rule.value === 'revoke') return settled;
  return runner.takeAny(settled, ruleEvent('delete'), ruleEvent('reject'));
}

/** What is in flight is lost, and who waits for an answer sends the command again when the time is over. */
export function lose(runner: Runner, at: At, message: 'command' | 'answer'): At {
  return runner.cellOf(at).inFlight[message] === undefined
    ? at
    : runner.takeAny(at, linkEvent('lose', message), ruleEvent('timeout'));
}

function addGroupSteps(add: Add, at: At, { runner, bug }: Surroundings): void {
  const { router, group: machine } = runner.sideOf(at);
  const created = runner.take(at, { to: 'place', group, event: 'create' });
  add(
    'group',
    'environment',
    'a user creates a rule and a group',
    created && runner.take(created, ruleEvent('accept')),
  );
  for (const [event, kind, text] of GROUP_STEPS) {
    const next = runner.take(at, groupEvent(event));
    if (!isSame(next, at)) add('group', kind, text, next);
    const refused = bug === 'delete-needs-router' ? REFUSED_WITHOUT_ROUTER[event] : undefined;
    if (refused !== undefined && next === undefined && router !== 'running' && isLive(machine.value))
      add('group', 'environment', refused, at);
  }
  const { size, min } = machine.context;
  const grown = runner.take(at, groupEvent('scaleUp'));
  if (size < min) add('group', 'system', 'the group makes up for a missing VM', grown);
  else add('group', 'environment', 'the group scales up', grown);
}

function addRuleSteps(add: Add, at: At, { runner }: Surroundings): void {
  const { rule, entry, inFlight } = runner.cellOf(at);
  const change = runner.take(at, ruleEvent(STICKINESS[rule.context.stickiness]));
  add('rule', 'environment', 'a user changes the stickiness', change);
  add('rule', 'environment', 'a user changes the protocol', runner.take(at, ruleEvent('update')));
  // While the rule cannot be served, another try is refused again: it is left out.
  if (inFlight.command === undefined && !isLost(entry))
    add('rule', 'system', 'a refused change is tried again', runner.take(at, ruleEvent('retry')));
}

function addMemberSteps(add: Add, at: At, { runner, folded }: Surroundings): void {
  const { members, group: machine } = runner.sideOf(at);
  members.forEach((member, index) => {
    if (folded && members.findIndex((other) => other.value === member.value) < index) return;
    const step = (kind: StepKind, text: string, event: (SystemEvent & { to: 'member' })['event']) =>
      add(
        'members',
        kind,
        `${folded ? 'a VM' : `VM ${index + 1}`} ${text}`,
        runner.take(at, memberEvent(index, event)),
      );
    step('system', 'has started', 'started');
    step('fault', 'does not start', 'startFailed');
    step('system', 'is drained', 'drained');
    step('fault', 'dies', 'fail');
    // While another operation is under way, a failed VM waits.
    if (member.value === 'failed') {
      if (!machine.context.operating) step('system', 'that failed is destroyed', 'destroy');
    } else step('environment', 'is destroyed', 'destroy');
  });
}

function addLinkSteps(add: Add, at: At, { runner, bug, addressesMove, certificatesGo }: Surroundings): void {
  const { rule, entry, inFlight } = runner.cellOf(at);
  const { command, answer } = inFlight;
  const isCurrent = entry.context.generation === 'current';
  if (command !== undefined && answer === undefined) {
    addApplied(add, at, { runner, bug });
    const delivered = runner.take(at, linkEvent('deliver', 'command'));
    const refused = delivered && runner.take(delivered, entryEvent('refuse'));
    add('router', 'fault', 'the router refuses the command', refused, { needs: FREE });
    add('link', 'fault', 'the command is lost, and waits to be sent again', lose(runner, at, 'command'));
  }
  if (entry.value === 'programmed' && isCurrent && answer === undefined)
    add('router', 'system', 'the router verifies the rule', runner.take(at, entryEvent('verify')), { needs: FREE });
  if (addressesMove && answer === undefined) addLoss(add, at, 'address', { runner, bug });
  if (certificatesGo && answer === undefined) addLoss(add, at, 'certificate', { runner, bug });
  if (answer !== undefined) {
    add('link', 'system', `the answer "${answer}" arrives`, runner.take(at, linkEvent('deliver', 'answer')));
    add('link', 'fault', `the answer "${answer}" is lost`, lose(runner, at, 'answer'));
  }
  if (entry.value !== 'empty') {
    add('link', 'fault', 'an older command arrives late', lateCopy(runner, at));
    if (rule.value !== 'gone')
      add(
        'link',
        'environment',
        'another operation sends a snapshot that it read before the change',
        lateCopy(runner, at),
      );
  }
  const hasLatest = ['programmed', 'inForce'].includes(entry.value) || (isLost(entry) && !isWaitingForHost(entry));
  if (hasLatest && isCurrent) add('link', 'fault', 'the command arrives a second time', secondCopy(runner, at));
}

/** The router sees at once that what a rule needs has gone, or is back, and then applies what it was given meanwhile. */
function addLoss(add: Add, at: At, need: HostNeed, { runner, bug }: Pick<Surroundings, 'runner' | 'bug'>): void {
  const { lose: loses, regain, gone, back } = LOSSES[need];
  const regained = runner.take(at, entryEvent(regain));
  const taken = regained && runner.takeAny(regained, entryEvent('apply'));
  const spill = bug === 'loss-takes-others' ? 'dropped' : undefined;
  add('rule', 'fault', gone, runner.take(at, entryEvent(loses)), { needs: FREE, spill });
  add('rule', 'system', back, taken, { needs: FREE });
}

/** The router takes the command and applies it, or finds that there is nothing to apply, or that the rule cannot be served now. */
function addApplied(add: Add, at: At, { runner, bug }: Pick<Surroundings, 'runner' | 'bug'>): void {
  const text = 'the router applies the command';
  const delivered = runner.take(at, linkEvent('deliver', 'command'));
  const lacked = delivered && lackedBy(runner.cellOf(delivered).entry);
  if (lacked !== undefined) {
    add('router', 'system', `the router refuses the command without the ${lacked} of the rule`, delivered, {
      needs: FREE,
    });
    return;
  }
  const applied = delivered && runner.take(delivered, entryEvent('apply'));
  if (bug === 'line-set-compare' && applied && hasLines(runner.cellOf(at))) {
    const mask = OTHERS.busy | OTHERS.source;
    add('router', 'system', text, applied, { needs: { mask, value: 0 } });
    add('router', 'system', text, runner.applyUnloaded(delivered), { needs: { mask, value: OTHERS.source } });
    return;
  }
  const spill = applied && bug === 'partial-snapshot' ? 'dropped' : undefined;
  add('router', 'system', text, applied ?? delivered, { needs: FREE, spill });
}

/** HAProxy has lines of the rule, and those of the change are like another rule's. */
function hasLines({ entry, rule }: Cell): boolean {
  const isLoaded = entry.value === 'programmed' || entry.value === 'inForce';
  return isLoaded && rule.value !== 'revoke' && rule.context.stickiness === 'source';
}

/** An older command, or a snapshot that was read before the rule's last change, arrives after all others. */
function lateCopy(runner: Runner, at: At): At | undefined {
  const arrived = runner.take(runner.keepCopy(at, { late: 'putStale' }), linkEvent('deliver', 'late'));
  return arrived && runner.takeAny(arrived, entryEvent('apply'));
}

/** The command that the router has applied arrives once more; nobody waits for its answer. */
function secondCopy(runner: Runner, at: At): At | undefined {
  const { inFlight } = runner.cellOf(at);
  const arrived =
    inFlight.command === undefined
      ? runner.take(runner.keepCopy(at, { command: 'put' }), linkEvent('deliver', 'command'))
      : runner.take(at, linkEvent('duplicate', 'command'));
  return arrived && (inFlight.answer === undefined ? runner.takeAny(arrived, linkEvent('lose', 'answer')) : arrived);
}

function isSame(one: At | undefined, other: At): boolean {
  return one !== undefined && one.side === other.side && one.channel === other.channel;
}

function isLive(value: string): boolean {
  return value !== 'removed' && value !== 'revoke';
}
