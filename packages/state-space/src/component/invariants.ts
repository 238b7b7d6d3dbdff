/**
 * What must hold in every reachable state. The names B1 to B26 are those of the catalogue of bugs that the model was made from.
 *
 * Each is a predicate of one cell and the state of the router: a cell carries what others did to it.
 *
 * @module
 */
import type { Cell, Harm } from './cell.ts';

/** A property of every reachable state. */
export interface Invariant {
  readonly name: string;
  readonly sentence: string;
  /** Bugs of real systems that it forbids. */
  readonly upstream: readonly string[];
  holds(cell: Cell, router: string): boolean;
}

/**
 * The invariants of every cell. Bit i of a state's violations is invariant i; `ALWAYS_DELETABLE` has the bit after them.
 */
export const INVARIANTS: readonly Invariant[] = [
  {
    name: 'B1 in-force-is-true',
    sentence: 'A rule that is said to be in force is what the router serves, its stickiness included.',
    upstream: ['apache/cloudstack#9583', 'apache/cloudstack#9587', 'apache/cloudstack#9822'],
    holds: (cell) =>
      !saysInForce(cell) || (cell.entry.context.serves === 'current' && cell.live === cell.rule.context.stickiness),
  },
  {
    name: 'B4 members-are-backends',
    sentence: 'When a rule is in force and nothing is under way, every running VM of its group is behind it.',
    upstream: ['apache/cloudstack#9145'],
    holds: (cell) => !(saysInForce(cell) && !cell.queued && has(cell, 'joining')),
  },
  {
    name: 'B5 scaling-ends',
    sentence: 'A group that scales has a VM that starts, joins or drains: it cannot wait for ever.',
    upstream: ['apache/cloudstack#9336'],
    holds: (cell) =>
      cell.group.value !== 'scaling' || ['provisioning', 'joining', 'draining'].some((state) => has(cell, state)),
  },
  {
    name: 'B6 at-most-max',
    sentence: 'A group has at most max VMs, those that failed included.',
    upstream: ['apache/cloudstack#9318', 'apache/cloudstack#9503', 'apache/cloudstack#14185'],
    holds: (cell) => present(cell) + (cell.harm.includes('leaked') ? 1 : 0) <= cell.group.context.max,
  },
  {
    name: 'B8 no-vm-without-group',
    sentence: 'A group that is removed has no VM, and none is created for one that is being deleted.',
    upstream: ['apache/cloudstack#13808', 'apache/cloudstack#13785'],
    holds: (cell) => cell.group.value !== 'removed' || present(cell) === 0,
  },
  {
    name: 'B9 all-rules-configured',
    sentence:
      'The configuration of a running router has every rule that it confirmed, whatever triggered the last change.',
    upstream: ['apache/cloudstack#8745', 'apache/cloudstack#8881', 'apache/cloudstack#5553', 'apache/cloudstack#5580'],
    holds: (cell) => cell.rule.value !== 'active' || cell.entry.value !== 'empty',
  },
  unharmed('disconnected', {
    name: 'B10 others-stay-connected',
    sentence: 'Applying a change of one rule breaks no connection of another.',
    upstream: ['MissionCriticalCloud/cosmic#919', 'apache/cloudstack#3726', 'apache/cloudstack#4384'],
  }),
  unharmed('tableLost', {
    name: 'B11 tables-survive',
    sentence: 'Stick tables survive a reload.',
    upstream: ['apache/cloudstack#6849'],
  }),
  unharmed('clientsMoved', {
    name: 'B11 sticky-clients-stay',
    sentence: 'A sticky client stays with its VM when another VM goes.',
    upstream: ['CloudStack 4.19.1 HAProxyConfigurator'],
  }),
  {
    name: 'B12 refusal-is-alone',
    sentence: 'A rule that is refused blocks no other, and is tried again.',
    upstream: ['apache/cloudstack#4285', 'apache/cloudstack#10733', 'apache/cloudstack#3253', 'apache/cloudstack#9313'],
    holds: (cell) => !cell.harm.includes('blocked'),
  },
  {
    name: 'B16 protocol-is-applied',
    sentence: 'The protocol is an attribute of a rule like any other: a rule that is in force has its latest.',
    upstream: ['apache/cloudstack-kubernetes-provider#2'],
    holds: (cell) => !(saysInForce(cell) && !cell.queued && cell.harm.includes('protocolUnsent')),
  },
  {
    name: 'B19 listener-and-accept',
    sentence: "The packet filter accepts a rule's port exactly when HAProxy listens on it.",
    upstream: ['apache/cloudstack#931', 'apache/cloudstack#867'],
    holds: (cell) => !cell.harm.includes('acceptAlone'),
  },
  unharmed('acceptTwice', {
    name: 'B20 twice-is-once',
    sentence: 'A command that arrives twice leaves what it leaves when it arrives once.',
    upstream: ['apache/cloudstack#3177', 'apache/cloudstack#8061'],
  }),
  {
    name: 'B21 removed-without-trace',
    sentence: 'A rule that is gone is served no more, and leaves no listener and no accept rule.',
    upstream: ['apache/cloudstack#13742'],
    holds: (cell) =>
      cell.rule.value !== 'gone' || (isQuiet(cell) && !cell.harm.some((harm) => harm.startsWith('accept'))),
  },
  unharmed('policyLost', {
    name: 'B25 rollback-restores',
    sentence: 'A change that is refused leaves everything that was asked for as it was.',
    upstream: ['CloudStack 4.19.1 LoadBalancingRulesManagerImpl'],
  }),
  {
    name: 'B26 reported-is-stored',
    sentence: 'A rule is Active only when the router took its latest generation and did not refuse it.',
    upstream: ['CloudStack 4.19.1 AutoScaleManagerImpl'],
    holds: (cell) =>
      cell.rule.value !== 'active' || (cell.entry.context.generation === 'current' && cell.entry.value !== 'refused'),
  },
];

/** B7 is a property of what is possible, so it needs the steps of a state, too. */
export const ALWAYS_DELETABLE = {
  name: 'B7 delete-without-router',
  sentence: 'A group can be deleted in every state, whatever the state of its router.',
  upstream: ['apache/cloudstack#9503'],
} as const;

/** Everything that was asked for is in force, and every group has the VMs that it needs. */
export function isQuiescent(cell: Cell, router: string): boolean {
  if (router !== 'running' || cell.answer !== undefined || cell.queued) return false;
  if (cell.rule.value === 'gone') return isQuiet(cell) && cell.group.value === 'removed';
  const { size, min } = cell.group.context;
  return (
    saysInForce(cell) &&
    (cell.group.value === 'disabled' || (cell.group.value === 'enabled' && size >= min)) &&
    cell.members.every((member) => member.value === 'gone' || member.value === 'serving')
  );
}

function unharmed(harm: Harm, about: Omit<Invariant, 'holds'>): Invariant {
  return { ...about, holds: (cell) => !cell.harm.includes(harm) };
}

function saysInForce({ rule }: Cell): boolean {
  return rule.value === 'active' && rule.context.inForce === 'current';
}

function isQuiet({ entry }: Cell): boolean {
  return entry.context.serves === 'absent';
}

function has(cell: Cell, state: string): boolean {
  return cell.members.some((member) => member.value === state);
}

function present(cell: Cell): number {
  return cell.members.filter((member) => member.value !== 'gone').length;
}
