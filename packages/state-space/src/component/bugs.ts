/**
 * Real bugs of real systems that can be switched on, one at a time, to show that the checks catch them.
 *
 * @module
 */

/** A deviation from the model, off by default. */
export interface Bug {
  readonly name: string;
  /** The smallest system in which it breaks something: groups that share the router, and most members of each. */
  readonly shownBy: { readonly groups: number; readonly members: number };
  /** Where it happened: issues and pull requests, or the source that has it. */
  readonly upstream: readonly string[];
  readonly sentence: string;
}

/** Every bug that can be switched on. The names are a contract: the command line and traces have them. */
export const BUGS = [
  {
    name: 'seed',
    shownBy: { groups: 1, members: 1 },
    upstream: ['apache/cloudstack#9583'],
    sentence: 'A stickiness change that is made while the group is disabled is stored and never sent.',
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
  },
  {
    name: 'table-lost-on-reload',
    shownBy: { groups: 2, members: 1 },
    upstream: ['apache/cloudstack#6849', 'CloudStack 4.19.1 HAProxyConfigurator: no peers section'],
    sentence: 'A reload for one rule empties the stick tables of all.',
  },
  {
    name: 'positional-names',
    shownBy: { groups: 1, members: 2 },
    upstream: ['CloudStack 4.19.1 HAProxyConfigurator: server names are numbered by position'],
    sentence: 'Servers are named by position: when one goes, sticky clients of the others move.',
  },
  {
    name: 'restart-instead-of-reload',
    shownBy: { groups: 2, members: 1 },
    upstream: ['MissionCriticalCloud/cosmic#919', 'apache/cloudstack#3726', 'apache/cloudstack#4384'],
    sentence: 'A change of one rule restarts HAProxy and drops the connections of all.',
  },
  {
    name: 'lost-ack',
    shownBy: { groups: 1, members: 1 },
    upstream: ['CloudStack 4.19.1 LoadBalancingRulesManagerImpl: a rule stays in Add'],
    sentence: 'A command whose answer is lost is not sent again.',
  },
  {
    name: 'refused-as-applied',
    shownBy: { groups: 1, members: 1 },
    upstream: ['CloudStack 4.19.1 LoadBalancingRulesManagerImpl: a false answer of apply is ignored'],
    sentence: 'A refused change is reported as applied.',
  },
  {
    name: 'rollback-loses-policy',
    shownBy: { groups: 1, members: 1 },
    upstream: ['CloudStack 4.19.1 LoadBalancingRulesManagerImpl.applyLBStickinessPolicy'],
    sentence: 'The rollback of a refused change loses the stickiness policy.',
  },
  {
    name: 'orphan-member',
    shownBy: { groups: 1, members: 1 },
    upstream: ['apache/cloudstack#9145'],
    sentence: 'A VM that could not be assigned to the rule goes on running, and counts as a member.',
  },
  {
    name: 'runaway-scale-up',
    shownBy: { groups: 1, members: 1 },
    upstream: ['apache/cloudstack#9318', 'apache/cloudstack#9503', 'apache/cloudstack#14185'],
    sentence: 'VMs that do not start are not counted: the group creates VMs without end.',
  },
  {
    name: 'delete-needs-router',
    shownBy: { groups: 1, members: 1 },
    upstream: ['apache/cloudstack#9503'],
    sentence: 'A group cannot be disabled or deleted while its router does not answer.',
  },
  {
    name: 'protocol-not-pushed',
    shownBy: { groups: 1, members: 1 },
    upstream: ['apache/cloudstack-kubernetes-provider#2'],
    sentence: 'A change of the protocol is stored and not sent to the router.',
  },
  {
    name: 'duplicate-accept',
    shownBy: { groups: 1, members: 1 },
    upstream: ['apache/cloudstack#3177', 'apache/cloudstack#8061'],
    sentence: 'The same command again inserts the accept rule of the packet filter again.',
  },
  {
    name: 'accept-without-listener',
    shownBy: { groups: 1, members: 1 },
    upstream: ['apache/cloudstack#931', 'apache/cloudstack#13742'],
    sentence: 'The port is opened in the packet filter although HAProxy does not listen on it.',
  },
] as const satisfies readonly Bug[];

/** The name of one of `BUGS`. */
export type BugName = (typeof BUGS)[number]['name'];
