/**
 * Where CloudStack's own router does something else than what it was told. Each is a switch, so that a later version is a
 * preset and a comparison can blame one cause.
 */
export interface Deviation {
  /** Public sources. */
  upstream: readonly string[];
  /** One sentence: what it does when it is on. */
  sentence: string;
}

export const deviations = {
  lineSetCompare: {
    upstream: ['apache/cloudstack#9583', 'apache/cloudstack#9822'],
    sentence:
      'The new haproxy.cfg is compared with the live one as a set of lines (CsFile.compare), so a change that only moves or repeats known lines is never installed.',
  },
  ignoreReloadResult: {
    upstream: ['apache/cloudstack#4285', 'apache/cloudstack#10733'],
    sentence:
      'The new haproxy.cfg is installed before anything has checked it, and the exit code of the reload is swallowed (CsHelper.execute), so one rejected line blocks every later change in silence and is not retried.',
  },
  noPeers: {
    upstream: ['apache/cloudstack#6849'],
    sentence:
      'There is no peers section, so every reload starts with empty stick tables and moves the sticky clients of all rules.',
  },
  positionalNames: {
    upstream: ['HAProxyConfigurator.getRulesForPool'],
    sentence:
      'Servers are named by their position in the rule, so removing a VM renames the ones behind it and a kept stick entry leads to another VM.',
  },
  restartInsteadOfReload: {
    upstream: ['MissionCriticalCloud/cosmic#919', 'apache/cloudstack#3726', 'apache/cloudstack#4384'],
    sentence:
      'HAProxy is restarted instead of reloaded, because its process is not recognised, so every change drops the connections of all rules.',
  },
  appendOnlyAccept: {
    upstream: ['apache/cloudstack#3177', 'apache/cloudstack#8061'],
    sentence:
      'Accept rules are appended and deleted one by one and compared as option dictionaries (CsNetfilter), which sees two equal rules as one: a duplicate stays for as long as its rule does.',
  },
  staleSnapshotWins: {
    upstream: ['LoadBalancingRulesManagerImpl.getSyncObjType'],
    sentence: 'Commands have no generation, so the one that arrives last wins even when it was read first.',
  },
} as const satisfies Record<string, Deviation>;

export type DeviationName = keyof typeof deviations;
export type Deviations = Readonly<Record<DeviationName, boolean>>;

const all: Deviations = {
  lineSetCompare: true,
  ignoreReloadResult: true,
  noPeers: true,
  positionalNames: true,
  restartInsteadOfReload: true,
  appendOnlyAccept: true,
  staleSnapshotWins: true,
};

/**
 * CloudStack's versions.
 * - `4.19.1`: the process is recognised since apache/cloudstack#3726 (2019), all else is on.
 * - `4.20.0`: with apache/cloudstack#9822, opened in October 2024 after 4.19.1; that 4.20.0 is the first release with it is an
 *   assumption from the dates.
 */
export const versions = {
  '4.19.1': { ...all, restartInsteadOfReload: false },
  '4.20.0': { ...all, restartInsteadOfReload: false, lineSetCompare: false },
} as const satisfies Record<string, Deviations>;

export type CloudStackVersion = keyof typeof versions;
