/**
 * Real bugs of real systems that can be switched on, one at a time, to show that the checks catch them. Each is an edit of a
 * statechart, of a condition, or of the way in which the router takes a command.
 *
 * @module
 */
import type { Chart, Edge, GroupState, Local, Parts } from '@limpet/model';

/** A deviation from the model, off by default. */
export interface Bug {
  readonly name: string;
  /** The smallest system in which it breaks something: groups that share the router, most members of each, and what hosts have to take. */
  readonly shownBy: {
    readonly groups: number;
    readonly members: number;
    readonly addressesMove?: boolean;
    readonly certificatesGo?: boolean;
  };
  /** Where it happened: issues and pull requests, or the source that has it; `mutation` when no report is known. */
  readonly upstream: readonly string[];
  readonly sentence: string;
  /** The parts with the bug. Without it, the bug is in how the commands of several rules meet on the router (`cell-steps.ts`). */
  readonly edit?: (parts: Parts) => Parts;
}

/** A statechart with other answers: `answer` has the model's own, and what it was asked. */
function edited<C, E extends string>(
  chart: Chart<C, E>,
  answer: (ask: {
    local: Local<C>;
    event: E;
    edge: Edge<C> | undefined;
    group: GroupState | undefined;
  }) => Edge<C> | undefined,
): Chart<C, E> {
  return {
    initial: chart.initial,
    edge: (local, event, group) => answer({ local, event, edge: chart.edge(local, event, group), group }),
  };
}

/** A transition that stores something, and tells nobody. */
function stored<C>({ value, context }: Local<C>, change: Partial<C>): Edge<C> {
  return { next: { value, context: { ...context, ...change } }, actions: [] };
}

/** Every bug that can be switched on. The names are a contract: the command line and traces have them. */
export const BUGS = [
  {
    name: 'seed',
    shownBy: { groups: 1, members: 1 },
    upstream: ['apache/cloudstack#9583'],
    sentence: 'A stickiness change that is made while the group is disabled is stored and never sent.',
    edit: (parts) => ({
      ...parts,
      rule: edited(parts.rule, ({ local, event, edge, group }) =>
        edge && group?.group.value === 'disabled' && (event === 'setSourceBased' || event === 'setNone')
          ? stored(local, { stickiness: edge.next.context.stickiness })
          : edge,
      ),
    }),
  },
  {
    name: 'line-set-compare',
    shownBy: { groups: 2, members: 1 },
    upstream: ['apache/cloudstack#9583', 'apache/cloudstack#9587', 'apache/cloudstack#9822'],
    sentence: 'The router compares configurations as sets of lines, and drops a change whose lines another rule has.',
  },
  {
    name: 'poisoned-config',
    shownBy: { groups: 1, members: 1 },
    upstream: ['apache/cloudstack#4285', 'apache/cloudstack#3253'],
    sentence: 'A refused configuration stays in place: it blocks every rule, and the same again compares equal.',
    edit: (parts) => ({
      ...parts,
      entry: edited(parts.entry, ({ local, event, edge }) =>
        local.value === 'refused' && event === 'put'
          ? { ...stored(local, { generation: 'current' }), actions: ['answerApplied'] }
          : edge,
      ),
    }),
  },
  {
    name: 'partial-snapshot',
    shownBy: { groups: 2, members: 1 },
    upstream: ['apache/cloudstack#5553', 'apache/cloudstack#5580', 'apache/cloudstack#8745', 'apache/cloudstack#1577'],
    sentence: 'A command that carries some of the rules replaces all of them.',
  },
  {
    name: 'stale-snapshot',
    shownBy: { groups: 1, members: 1 },
    upstream: ['CloudStack 4.19.1 AutoScaleManagerImpl: scale operations outside of the job queue of the network'],
    sentence: 'Of two operations the one that read its snapshot first arrives last, and wins.',
    edit: (parts) => ({
      ...parts,
      entry: edited(parts.entry, ({ local, event, edge }) =>
        edge && event === 'putStale'
          ? { next: { value: 'applying', context: { ...local.context, generation: 'stale' } }, actions: [] }
          : edge,
      ),
    }),
  },
  {
    name: 'lost-ack',
    shownBy: { groups: 1, members: 1 },
    upstream: ['CloudStack 4.19.1 LoadBalancingRulesManagerImpl: a rule stays in Add'],
    sentence: 'A command whose answer is lost is not sent again.',
    edit: (parts) => ({
      ...parts,
      rule: edited(parts.rule, ({ event, edge }) => (event === 'timeout' ? undefined : edge)),
    }),
  },
  {
    name: 'refused-as-applied',
    shownBy: { groups: 1, members: 1 },
    upstream: ['CloudStack 4.19.1 LoadBalancingRulesManagerImpl: a false answer of apply is ignored'],
    sentence: 'A refused change is reported as applied.',
    edit: (parts) => ({
      ...parts,
      rule: edited(parts.rule, ({ local, event, edge }) =>
        event === 'refused' ? parts.rule.edge(local, 'applied') : edge,
      ),
    }),
  },
  {
    name: 'rollback-loses-policy',
    shownBy: { groups: 1, members: 1 },
    upstream: ['CloudStack 4.19.1 LoadBalancingRulesManagerImpl.applyLBStickinessPolicy'],
    sentence: 'The rollback of a refused change loses the stickiness policy.',
    edit: (parts) => ({
      ...parts,
      rule: edited(parts.rule, ({ event, edge }) =>
        edge && event === 'refused' ? { ...edge, next: stored(edge.next, { stickiness: 'none' }).next } : edge,
      ),
    }),
  },
  {
    name: 'orphan-member',
    shownBy: { groups: 1, members: 1 },
    upstream: ['apache/cloudstack#9145'],
    sentence: 'A VM that could not be assigned to the rule goes on running, and counts as a member.',
    edit: (parts) => ({
      ...parts,
      member: edited(parts.member, ({ local, event, edge }) =>
        edge && event === 'started' ? { next: { ...local, value: 'serving' }, actions: ['tellServing'] } : edge,
      ),
    }),
  },
  {
    name: 'runaway-scale-up',
    shownBy: { groups: 1, members: 1 },
    upstream: ['apache/cloudstack#9318', 'apache/cloudstack#9503', 'apache/cloudstack#14185'],
    sentence: 'VMs that do not start are not counted: the group creates VMs without end.',
    edit: (parts) => ({
      ...parts,
      group: edited(parts.group, ({ event, edge }) =>
        edge && event === 'memberFailed'
          ? { ...edge, next: stored(edge.next, { size: edge.next.context.size - 1 }).next }
          : edge,
      ),
    }),
  },
  {
    name: 'delete-needs-router',
    shownBy: { groups: 1, members: 1 },
    upstream: ['apache/cloudstack#9503'],
    sentence: 'A group cannot be disabled or deleted while its router does not answer.',
    edit: (parts) => ({
      ...parts,
      refusal: (state, event, possible) =>
        event.to === 'group' &&
        ['disable', 'delete', 'deleteWithCleanup'].includes(event.event) &&
        state.router.value !== 'running'
          ? 'the router does not answer'
          : parts.refusal(state, event, possible),
    }),
  },
  {
    name: 'protocol-not-pushed',
    shownBy: { groups: 1, members: 1 },
    upstream: ['apache/cloudstack-kubernetes-provider#2'],
    sentence: 'A change of the protocol is stored and not sent to the router.',
    edit: (parts) => ({
      ...parts,
      rule: edited(parts.rule, ({ local, event, edge }) => (edge && event === 'update' ? stored(local, {}) : edge)),
    }),
  },
  {
    name: 'loss-not-believed',
    shownBy: { groups: 1, members: 1, addressesMove: true },
    upstream: ['mutation'],
    sentence: 'A rule that its router cannot serve any more stays Active, and is said to be in force.',
    edit: (parts) => ({
      ...parts,
      rule: edited(parts.rule, ({ local, event, edge }) =>
        local.value === 'active' && event === 'refused' ? undefined : edge,
      ),
    }),
  },
  {
    name: 'return-forgotten',
    shownBy: { groups: 1, members: 1, addressesMove: true },
    upstream: ['mutation'],
    sentence: 'A router does not try a rule again whose address is back.',
    edit: (parts) => ({
      ...parts,
      entry: edited(parts.entry, ({ event, edge }) => (event === 'regainAddress' ? undefined : edge)),
    }),
  },
  {
    name: 'certificate-refusal-as-applied',
    shownBy: { groups: 1, members: 1, certificatesGo: true },
    upstream: ['mutation'],
    sentence: 'A router whose rule has lost its certificate answers a change of the rule with success.',
    edit: (parts) => ({
      ...parts,
      entry: edited(parts.entry, ({ event, edge }) =>
        event === 'put' && edge?.next.value === 'waitingForCertificate'
          ? { ...edge, actions: ['answerApplied'] }
          : edge,
      ),
    }),
  },
  {
    name: 'certificate-needs-command',
    shownBy: { groups: 1, members: 1, certificatesGo: true },
    upstream: ['mutation'],
    sentence: 'A rule whose certificate is back is served only when it is sent once more.',
    edit: (parts) => ({
      ...parts,
      entry: edited(parts.entry, ({ local, event, edge }) => {
        if (event === 'regainCertificate') return undefined;
        const isGone = local.value === 'certificateGone' || local.value === 'waitingForCertificate';
        if (!isGone || event !== 'put') return edge;
        return { next: { value: 'applying', context: { ...local.context, generation: 'current' } }, actions: [] };
      }),
    }),
  },
  {
    name: 'loss-takes-others',
    shownBy: { groups: 2, members: 1, addressesMove: true },
    upstream: ['mutation'],
    sentence: 'A router whose address goes elsewhere drops the rules of its other addresses, too.',
  },
] as const satisfies readonly Bug[];

/** The name of one of `BUGS`. */
export type BugName = (typeof BUGS)[number]['name'];

/** The bug with this name. */
export const bugCalled = (name: BugName): Bug => BUGS.find((bug) => bug.name === name)!;
