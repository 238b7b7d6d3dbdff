import { listed, type RuleRecord } from '@limpet/contract';
import { modeOf } from '../../mode.ts';
import { ruleId } from '../../names.ts';
import type { Refusal } from '../../refusal.ts';
import type { Certificates } from '../config/certificates.ts';
import { loopback } from '../config/pair.ts';
import type { RouterSettings } from '../config/settings.ts';
import { type OwnListenerSettings, ownListeners } from '../firewall/own-listeners.ts';
import type { Capacity } from './capacity.ts';
import type { Forwarding } from './forwarding.ts';
import type { PortConflicts } from './port-conflicts.ts';
import { validateStickiness } from './validate-stickiness.ts';

/** What is known of the router beside its settings; checks for which something is missing pass. */
export interface AdmissionContext {
  /** Certificates of the PEM files that rules name. */
  certificates?: Certificates;
  /** The capacity that the other rules leave. */
  capacity?: Capacity;
  /** To which rules the members of other rules lead. */
  forwarding?: Forwarding;
  /** Other processes that listen on the addresses and ports of rules. */
  portConflicts?: PortConflicts;
  /** Whether HAProxy can bind addresses that are not here. */
  bindsNonlocal?: boolean;
}

type Check = (
  rule: RuleRecord,
  settings: RouterSettings,
  local: ReadonlySet<string>,
  known: AdmissionContext,
) => Refusal | undefined;

const refuse = (reason: string, message: string): Refusal => ({ reason, message });

const address: Check = ({ ip }, { pair }, local, { bindsNonlocal }) => {
  if (local.has(ip)) return undefined;
  if (!pair) {
    return refuse(
      'AddressNotLocal',
      `ip: ${ip} is not an address of this router; associate it with the network first (its addresses: ${listed([...local])})`,
    );
  }
  return bindsNonlocal === false
    ? refuse(
        'NonlocalBindOff',
        `ip: ${ip} is not an address of this router now, and its kernel lets HAProxy bind no other; allow it ("sysctl -w net.ipv4.ip_nonlocal_bind=1"), as CloudStack's routers do`,
      )
    : undefined;
};

/** A statistics page reserves its port on all addresses. Without a pair, workers hand their tables over on the loopback. */
const isOwnPort = ({ ip, port }: RuleRecord, settings: OwnListenerSettings): boolean =>
  settings.statistics.some((page) => page.port === port) ||
  (settings.pair === undefined && ip === loopback && settings.peersPort === port) ||
  ownListeners(settings).some((own) => own.ip === ip && own.port === port);

const port: Check = (rule, settings) =>
  settings.reservedPorts.includes(rule.port) || isOwnPort(rule, settings)
    ? refuse(
        'PortReserved',
        `port: ${rule.port} is used by the router itself; choose another public port for ${ruleId(rule)}`,
      )
    : undefined;

const listener: Check = (rule, _, __, { portConflicts }) => {
  const conflict = portConflicts?.get(ruleId(rule));
  return conflict === undefined
    ? undefined
    : refuse(
        'PortInUse',
        `port: ${conflict} listens on ${ruleId(rule)} and would be given a part of its connections; end it ("ss -ltnp" shows it), or choose another public port`,
      );
};

const members: Check = ({ members: all }) => {
  const vms = new Set<string>();
  const twice = all.find(({ vm }) => vms.size === vms.add(vm).size);
  return twice && refuse('DuplicateMember', `members: ${twice.vm} is named twice`);
};

const certificate: Check = ({ protocol, certificate: file }, _, __, { certificates }) => {
  if (protocol !== 'ssl') {
    return file === undefined
      ? undefined
      : refuse('CertificateUnused', `certificate: only with protocol ssl, not with ${protocol}; leave it out`);
  }
  if (file === undefined) return refuse('CertificateMissing', 'certificate: protocol ssl needs one; name a PEM file');
  const found = certificates?.get(file);
  return found?.ok === false
    ? refuse('CertificateUnreadable', `certificate: ${file} cannot be used: ${found.problem}`)
    : undefined;
};

/** What HAProxy would accept and ignore. */
const unused: Check = (rule) => {
  const { keepAlive, forwarded, tls, protocol } = rule;
  const http = keepAlive !== undefined ? 'keepAlive' : forwarded !== undefined ? 'forwarded' : undefined;
  if (http !== undefined && modeOf(rule) === 'tcp') {
    return refuse(
      'HttpOptionUnused',
      `${http}: only where the payload is HTTP, and of protocol ${protocol} it is not known; leave it out, or use protocol http or ssl`,
    );
  }
  return tls !== undefined && protocol !== 'ssl'
    ? refuse('TlsUnused', `tls: only with protocol ssl, not with ${protocol}; leave it out`)
    : undefined;
};

const limit: Check = ({ maxConnections }, settings) =>
  maxConnections !== undefined && maxConnections > settings.maxConnections
    ? refuse(
        'TooManyConnections',
        `maxConnections: ${maxConnections} is more than the ${settings.maxConnections} that the router accepts in all; ask for less, or raise the router's maxConnections`,
      )
    : undefined;

const health: Check = ({ healthCheck }) => {
  if (!healthCheck) return undefined;
  const { intervalMs, timeoutMs, path } = healthCheck;
  const unused = path === undefined && (['method', 'host', 'expect'] as const).find((field) => healthCheck[field]);
  if (unused) {
    return refuse(
      'HealthCheckUnused',
      `healthCheck.${unused}: only for a check by HTTP; give healthCheck.path, or leave it out`,
    );
  }
  return timeoutMs > intervalMs
    ? refuse(
        'HealthCheckTooSlow',
        `healthCheck.timeoutMs: ${timeoutMs} is longer than the interval of ${intervalMs}; HAProxy would begin the next check before this one has failed; shorten it, or lengthen the interval`,
      )
    : undefined;
};

const stickiness: Check = ({ stickiness: policy }) => validateStickiness(policy);

const forwardingCheck: Check = (rule, _, __, { forwarding }) => forwarding?.refusal(rule);

const capacityCheck: Check = (rule, _, __, { capacity }) => capacity?.refusal(rule);

/** The checks by name, in their order. Those that ask for more than the rule can fail for a rule that was in force. */
export const admissionChecks = {
  address,
  port,
  listener,
  members,
  certificate,
  unused,
  limit,
  health,
  stickiness,
  forwarding: forwardingCheck,
  capacity: capacityCheck,
} satisfies Record<string, Check>;

/**
 * Checks for what `haproxy -c` does not see, and for what would make one rule fail the reload of all. Pure.
 *
 * @param local IPv4 addresses of the router.
 * @returns why the rule is refused; undefined when it is accepted.
 */
export function validateRule(
  rule: RuleRecord,
  settings: RouterSettings,
  local: ReadonlySet<string>,
  known: AdmissionContext = {},
): Refusal | undefined {
  for (const check of Object.values(admissionChecks)) {
    const refusal = check(rule, settings, local, known);
    if (refusal) return refusal;
  }
  return undefined;
}
