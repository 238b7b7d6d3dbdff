/** A defect that no switch reproduces, and why. */
export interface OutOfScope {
  readonly upstream: readonly string[];
  readonly sentence: string;
  /** Why nothing here can have it. */
  readonly reason: string;
}

/** Defects of CloudStack around load balancing that no switch of the model or of a router reproduces. */
export const outOfScope: readonly OutOfScope[] = [
  {
    upstream: ['apache/cloudstack#12591', 'apache/cloudstack#12596'],
    sentence: "The router's health check fails for SSL rules, since it compares whole bind lines.",
    reason: 'a health check by comparison of files is what Limpet does without: its verdicts come from the data plane',
  },
  {
    upstream: ['apache/cloudstack#2109'],
    sentence: 'Port 8081 is refused although the statistics listener was moved.',
    reason: 'a validation of the management server; a reserved port is a refusal by name here, with a test of its own',
  },
  {
    upstream: ['apache/cloudstack#4481', 'apache/cloudstack#4501'],
    sentence: 'A rule for UDP is accepted although HAProxy has no UDP.',
    reason: 'a record cannot say UDP: it is refused where it is parsed',
  },
  {
    upstream: ['apache/cloudstack#12785', 'apache/cloudstack#12487'],
    sentence: "A rule is accepted for another tier than its address's.",
    reason: 'networks and tiers are not in the records that a router gets',
  },
  {
    upstream: ['apache/cloudstack#7174'],
    sentence: 'Listing the VMs of a rule fails when one of them lost its NIC.',
    reason: "a query on CloudStack's database",
  },
  {
    upstream: ['apache/cloudstack#7413', 'apache/cloudstack#5813'],
    sentence: 'Stickiness cannot be set in the user interface, and the error names a command that does not exist.',
    reason: "CloudStack's web interface and names of API answers",
  },
  {
    upstream: ['apache/cloudstack#2979'],
    sentence: 'Routers time out when they start, since a file name got a suffix that a comparison does not know.',
    reason: 'there is no queue of files; the databag reader knows types by their content',
  },
  {
    upstream: ['apache/cloudstack#13808', 'apache/cloudstack#13785'],
    sentence: 'High availability restarts a VM that is in Error.',
    reason: 'VMs are started by the cloud; the invariant B8 of the model holds for what a group asks of them',
  },
  {
    upstream: ['apache/cloudstack#9336'],
    sentence: 'After a host failure scale-down never happens, since one mute VM suspends the evaluation.',
    reason:
      'when to scale is decided by counters, which are outside of the model; B5 says that a scaling that began ends',
  },
  {
    upstream: ['CloudStack LoadBalancingRulesManagerImpl: rollback of a failed assignment by VM id'],
    sentence: "A failed assignment of a VM's second address removes its first one, too.",
    reason: 'a member has one address',
  },
  {
    upstream: ['CloudStack AutoScaleManagerImpl: only one type of exception is rolled back'],
    sentence: 'Enabling or disabling a group is reported as failed, and has happened.',
    reason: 'needs a router for its failure; in the model a group changes its state without one (B7)',
  },
];
