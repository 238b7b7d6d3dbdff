import { HaproxyError } from '../errors.ts';
import type { HaproxyVersion } from './read-version.ts';

/** The branches whose behaviour is known here, oldest first. */
export const knownBranches = ['2.2', '2.4', '2.6', '2.8', '3.0', '3.2'] as const;

/** A branch of HAProxy, such as `2.6`: one of `knownBranches`. */
export type KnownBranch = (typeof knownBranches)[number];

interface CapabilityFacts {
  /** The first known branch that has it. */
  since: KnownBranch;
  /** The build feature that it needs. */
  needs?: string;
  /** What it is, for people. */
  means: string;
}

/** What HAProxys differ in, from the sources, management.txt and CHANGELOG of each branch. */
export const capabilityFacts = {
  /** Since 2.4.0, 2.5 included, behind `experimental-mode on`, and in 2.4 without health checks (`check` in src/check.c). */
  dynamicServers: { since: '2.6', means: '"add server" and "del server" at run time, with health checks' },
  /** 2.6 to 2.9 refuse `cookie`, and answer with an empty one where the backend says `cookie ... dynamic`. */
  dynamicServerCookies: { since: '3.0', means: '"add server ... cookie VALUE": cookie persistence on dynamic servers' },
  /** 2.6 cuts the connection without a word: `show proc` tells. */
  masterReloadResult: { since: '2.8', means: '"reload" on the master\'s CLI answers "Success=0" or "Success=1"' },
  /** Since 2.5. A master before it waits for its next reload, without a new worker. */
  failedReloads: { since: '2.6', means: '"show proc" counts the reloads that failed' },
  waitCommand: { since: '3.0', means: '"wait DELAY [srv-removable BACKEND/SERVER]" on the CLI' },
  statsFile: { since: '3.0', means: '"stats-file" and "dump stats-file": counters outlive a reload' },
  mapTransactions: { since: '2.4', means: '"prepare map", "add map @VERSION" and "commit map": many entries at once' },
  sslCertificates: { since: '2.2', needs: 'OPENSSL', means: '"set ssl cert" and "commit ssl cert" at run time' },
  globalVariables: { since: '2.4', means: '"set-var" in "global": a variable that a worker has from its start' },
  conditionalLines: { since: '2.4', means: '".if" and ".endif" around lines of the configuration' },
  httpClient: { since: '2.6', needs: 'OPENSSL', means: 'an HTTP client, and "httpclient.ssl.verify"' },
  httpPause: { since: '3.2', means: '"http-request pause": a request waits without a Lua script' },
} as const satisfies Record<string, CapabilityFacts>;

/** The name of something that an HAProxy can or cannot do. */
export type Capability = keyof typeof capabilityFacts;

/** What the installed HAProxy can do. */
export interface Capabilities {
  version: HaproxyVersion;
  /** The known branch that it is taken for: its own, or the newest known one that is older. */
  treatedAs: KnownBranch;
  /** Present when its own branch is not a known one: says what it is taken for. */
  note?: string;
  supported: ReadonlySet<Capability>;
}

/**
 * What a HAProxy of this version can do. Only what is known is claimed: a branch that is not known counts as the newest
 * known one before it, with a note. A build feature counts as there when the version does not tell.
 *
 * @throws HaproxyError `HAPROXY_VERSION`: older than every known branch.
 */
export function capabilitiesOf(version: HaproxyVersion): Capabilities {
  const order = orderOf(version.branch);
  const treatedAs = knownBranches.findLast((branch) => orderOf(branch) <= order);
  if (treatedAs === undefined) {
    throw new HaproxyError(
      'HAPROXY_VERSION',
      `HAProxy ${version.text} is older than ${knownBranches[0]}, the oldest that is supported; install a newer one`,
    );
  }
  const supported = Object.entries(capabilityFacts)
    .filter(([, facts]) => has(facts, treatedAs, version))
    .map(([name]) => name as Capability);
  const capabilities: Capabilities = { version, treatedAs, supported: new Set(supported) };
  if (treatedAs !== version.branch) {
    capabilities.note = `HAProxy ${version.text} is not one of the known branches (${knownBranches.join(', ')}); it is treated as ${treatedAs}`;
  }
  return capabilities;
}

function has({ since, needs }: CapabilityFacts, branch: KnownBranch, { features }: HaproxyVersion): boolean {
  if (orderOf(since) > orderOf(branch)) return false;
  return needs === undefined || features === undefined || features.has(needs);
}

/** `2.10` comes after `2.9`. */
function orderOf(branch: string): number {
  const [major, minor] = branch.split('.').map(Number) as [number, number];
  return major * 1000 + minor;
}

/** What a HAProxy cannot do, with its version and the one that could, as a sentence without its stop; undefined: it can. */
export function lackOf({ version, supported }: Capabilities, capability: Capability): string | undefined {
  if (supported.has(capability)) return undefined;
  const { since, means, needs }: CapabilityFacts = capabilityFacts[capability];
  const build = needs === undefined ? '' : `, built with ${needs}`;
  return `HAProxy ${version.text} has no ${means}: that needs ${since}${build}`;
}

/**
 * Checks that a HAProxy can do something.
 *
 * @throws HaproxyError `HAPROXY_VERSION`, which says since when it could.
 */
export function requireCapability(capabilities: Capabilities, capability: Capability): void {
  const lack = lackOf(capabilities, capability);
  if (lack !== undefined) throw new HaproxyError('HAPROXY_VERSION', lack);
}
