/**
 * A way in which CloudStack's own router deviates from its commands. Each defect is a switch, so that a version is a
 * preset, a comparison can attribute a difference to one defect, and a test can switch on one defect alone.
 */
export interface KnownDefect {
  /** Public sources. */
  upstream: readonly string[];
  /** What the router does with the defect, in one sentence. */
  sentence: string;
  /** The invariant that the defect breaks (docs/invariants.md). */
  invariant: string;
  /** Fields of a rule or a member, separated by commas, that have to vary for the defect to show. */
  field?: string;
}

/** All known defects of CloudStack's router, by the name of their switch. */
export const knownDefects = {
  lineSetCompare: {
    upstream: ['apache/cloudstack#9583', 'apache/cloudstack#9822'],
    sentence:
      'The new haproxy.cfg is compared with the live one as a set of lines (CsFile.compare), so a change that only moves or repeats known lines is never installed.',
    invariant: 'B1',
  },
  ignoreReloadResult: {
    upstream: ['apache/cloudstack#4285', 'apache/cloudstack#10733'],
    sentence:
      'The new haproxy.cfg is installed before anything has checked it, and the exit code of the reload is swallowed (CsHelper.execute), so one rejected line blocks every later change in silence and is not retried.',
    invariant: 'B12',
  },
  noPeers: {
    upstream: ['apache/cloudstack#6849'],
    sentence:
      'There is no peers section, so every reload starts with empty stick tables and moves the sticky clients of all rules.',
    invariant: 'B11',
  },
  positionalNames: {
    upstream: ['HAProxyConfigurator.getRulesForPool'],
    sentence:
      'Servers are named by their position in the rule, so removing a VM renames the ones behind it and a kept stick entry leads to another VM.',
    invariant: 'B11',
  },
  restartInsteadOfReload: {
    upstream: ['MissionCriticalCloud/cosmic#919', 'apache/cloudstack#3726', 'apache/cloudstack#4384'],
    sentence:
      'HAProxy is restarted instead of reloaded, because its process is not recognised, so every change drops the connections of all rules.',
    invariant: 'B10',
  },
  appendOnlyAccept: {
    upstream: ['apache/cloudstack#3177', 'apache/cloudstack#8061'],
    sentence:
      'Accept rules are appended and deleted one by one and compared as option dictionaries (CsNetfilter), which sees two equal rules as one: a duplicate stays for as long as its rule does.',
    invariant: 'B20',
  },
  staleSnapshotWins: {
    upstream: ['LoadBalancingRulesManagerImpl.getSyncObjType'],
    sentence: 'Commands have no generation, so the one that arrives last wins even when it was read first.',
    invariant: 'B9',
  },
  partialSnapshot: {
    upstream: ['apache/cloudstack#5553', 'apache/cloudstack#1577', 'apache/cloudstack#8745'],
    sentence:
      'A command carries only the rule that it is about, and the router replaces its whole configuration by it.',
    invariant: 'B9',
  },
  protocolNotPushed: {
    upstream: ['apache/cloudstack-kubernetes-provider#2'],
    sentence:
      'A change of nothing but the protocol is stored and not sent (updateLoadBalancerRule); it comes into force with the next change of something else.',
    invariant: 'B16',
    field: 'protocol',
  },
  protocolFromPort: {
    upstream: ['HAProxyConfigurator.getRulesForPool'],
    sentence: 'A rule is HTTP when its public port is 80, whatever its protocol says.',
    invariant: 'B16',
    field: 'protocol',
  },
  cidrsFixed: {
    upstream: ['apache/cloudstack#9313'],
    sentence: 'A rule keeps the CIDR list with which it was created.',
    invariant: 'B15',
    field: 'cidrs',
  },
  commaJoinedCidrs: {
    upstream: ['apache/cloudstack#11568'],
    sentence:
      'A changed CIDR list is joined by commas where a new one is joined by blanks, and HAProxy refuses the configuration.',
    invariant: 'B15',
    field: 'cidrs',
  },
  appSession: {
    upstream: ['apache/cloudstack#3253', 'apache/cloudstack#13315'],
    sentence:
      'AppCookie is rendered as "appsession", which HAProxy has not had since 1.6: it refuses the configuration.',
    invariant: 'B13',
    field: 'stickiness',
  },
  globalLimits: {
    upstream: ['apache/cloudstack#12574', 'apache/cloudstack#14131'],
    sentence:
      'Time-outs, connection limit, keep-alive and health check are those of the router, whatever the rule says.',
    invariant: 'B14',
    field: 'timeouts, maxConnections, keepAlive, healthCheck',
  },
  drainIsRemoval: {
    upstream: ['LoadBalancerTO.DestinationTO: a destination is there or revoked'],
    sentence: 'A member that drains is taken out of the configuration at once: sticky clients lose it.',
    invariant: 'B11',
  },
  heldConnectionsKept: {
    upstream: ['CsLoadBalancer.process'],
    sentence:
      'Connections that are held across a reload go on under the old configuration, with members that have been removed, until their clients end them.',
    invariant: 'B1',
  },
  unverified: {
    upstream: ['CsHelper.execute'],
    sentence:
      'A command is answered when the scripts have run: nobody waits for the new worker or says what is in force.',
    invariant: 'B1',
  },
  acceptMissing: {
    upstream: ['apache/cloudstack#931', 'apache/cloudstack#867'],
    sentence: 'No accept is put into INPUT: HAProxy listens and nobody gets through.',
    invariant: 'B19',
  },
  acceptLeftBehind: {
    upstream: ['apache/cloudstack#13742'],
    sentence: 'The accept of a removed rule stays in INPUT.',
    invariant: 'B21',
  },
} as const satisfies Record<string, KnownDefect>;

/** The name of a switch. */
export type KnownDefectName = keyof typeof knownDefects;
/** Which switches are on. */
export type KnownDefects = Readonly<Record<KnownDefectName, boolean>>;

const none = Object.fromEntries(Object.keys(knownDefects).map((name) => [name, false])) as KnownDefects;

const cloudStack419: KnownDefects = {
  ...none,
  lineSetCompare: true,
  ignoreReloadResult: true,
  noPeers: true,
  positionalNames: true,
  appendOnlyAccept: true,
  staleSnapshotWins: true,
  protocolNotPushed: true,
  protocolFromPort: true,
  cidrsFixed: true,
  appSession: true,
  globalLimits: true,
  drainIsRemoval: true,
  heldConnectionsKept: true,
  unverified: true,
};

/**
 * Presets for versions of CloudStack.
 * - `4.19.1`: without defects that were fixed before it: the process is recognised since apache/cloudstack#3726 (2019),
 *   full sets are sent since #5580 (2021) and #8881 (2024), INPUT has the accept since #931 (2015).
 * - `4.20.0`: with apache/cloudstack#9822, opened in October 2024 after 4.19.1; that 4.20.0 is the first release with
 *   it is an assumption from the dates.
 * - `fixed`: no version, but CloudStack's router without any of these defects; as the base for one defect alone.
 */
export const versions = {
  '4.19.1': cloudStack419,
  '4.20.0': { ...cloudStack419, lineSetCompare: false },
  fixed: none,
} as const satisfies Record<string, KnownDefects>;

/** A version of CloudStack that a preset stands for; `fixed` has no known defect. */
export type CloudStackVersion = keyof typeof versions;
