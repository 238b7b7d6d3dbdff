import type { RuleRecord } from '@limpet/contract';
import { ruleId } from '../names.ts';
import type { RouterSettings } from './settings.ts';

/** Why a rule cannot be served here. */
export interface Refusal {
  reason: string;
  message: string;
}

/**
 * What `haproxy -c` does not see, and what would make the reload of all rules fail for the sake of one. Pure.
 *
 * @param local IPv4 addresses of the router.
 */
export function lintRule(rule: RuleRecord, settings: RouterSettings, local: ReadonlySet<string>): Refusal | undefined {
  if (!local.has(rule.ip)) {
    return {
      reason: 'AddressNotLocal',
      message: `ip: ${rule.ip} is not an address of this router; associate it with the network first (its addresses: ${[...local].join(', ')})`,
    };
  }
  if (settings.reservedPorts.includes(rule.port)) {
    return {
      reason: 'PortReserved',
      message: `port: ${rule.port} is used by the router itself; choose another public port for ${ruleId(rule)}`,
    };
  }
  const vms = new Set<string>();
  const twice = rule.members.find(({ vm }) => vms.size === vms.add(vm).size);
  if (twice) return { reason: 'DuplicateMember', message: `members: ${twice.vm} is named twice` };
  return undefined;
}
