import type { RuleRecord } from '@limpet/contract';
import { ruleId } from '../../names.ts';
import type { Certificates } from '../config/certificates.ts';
import type { RouterSettings } from '../config/settings.ts';
import type { Capacity } from './capacity.ts';
import type { PortConflicts } from './port-conflicts.ts';
import type { Refusal } from './refusal.ts';
import { validateStickiness } from './validate-stickiness.ts';

/** What is known of the router beside its settings; checks for which something is missing pass. */
export interface AdmissionContext {
  /** Certificates of the PEM files that rules name. */
  certificates?: Certificates;
  /** The capacity that the other rules leave. */
  capacity?: Capacity;
  /** Other processes that listen on the addresses and ports of rules. */
  portConflicts?: PortConflicts;
}

type Check = (
  rule: RuleRecord,
  settings: RouterSettings,
  local: ReadonlySet<string>,
  known: AdmissionContext,
) => Refusal | undefined;

const refuse = (reason: string, message: string): Refusal => ({ reason, message });

const address: Check = ({ ip }, _, local) =>
  local.has(ip)
    ? undefined
    : refuse(
        'AddressNotLocal',
        `ip: ${ip} is not an address of this router; associate it with the network first (its addresses: ${[...local].join(', ')})`,
      );

const port: Check = (rule, { reservedPorts, statsPage }) =>
  reservedPorts.includes(rule.port) || statsPage?.port === rule.port
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

const limit: Check = ({ maxConnections }, settings) =>
  maxConnections !== undefined && maxConnections > settings.maxConnections
    ? refuse(
        'TooManyConnections',
        `maxConnections: ${maxConnections} is more than the ${settings.maxConnections} that the router accepts in all; ask for less, or raise the router's maxConnections`,
      )
    : undefined;

const health: Check = ({ healthCheck }) =>
  healthCheck && healthCheck.timeoutMs > healthCheck.intervalMs
    ? refuse(
        'HealthCheckTooSlow',
        `healthCheck.timeoutMs: ${healthCheck.timeoutMs} is longer than the interval of ${healthCheck.intervalMs}; HAProxy would begin the next check before this one has failed`,
      )
    : undefined;

const stickiness: Check = ({ stickiness: policy }) => validateStickiness(policy);

const capacityCheck: Check = (rule, _, __, { capacity }) => capacity?.refusal(rule);

const checks: readonly Check[] = [
  address,
  port,
  listener,
  members,
  certificate,
  limit,
  health,
  stickiness,
  capacityCheck,
];

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
  for (const check of checks) {
    const refusal = check(rule, settings, local, known);
    if (refusal) return refusal;
  }
  return undefined;
}
