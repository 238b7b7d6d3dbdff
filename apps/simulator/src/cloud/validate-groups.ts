import { SimulatorError } from '../errors.ts';
import type { GroupPlan } from './group-plans.ts';

/**
 * Ports of the router itself. CloudStack refuses a rule on the stats port too; ssh is 3922 on its routers. A rule on one
 * of them could not be bound, or would take the router's own service away.
 */
const reserved: ReadonlyMap<number, string> = new Map([
  [53, 'DNS'],
  [3922, 'ssh'],
  [8081, "HAProxy's statistics"],
]);

/**
 * Holds what no router could do, before anything is started.
 *
 * @throws SimulatorError `ADDRESS_NOT_LOCAL` or `PORT_IN_USE`
 */
export function validateGroups(groups: readonly GroupPlan[], publicIps: readonly string[]): void {
  const owners = new Map<string, string>();
  for (const { name, rule } of groups) {
    if (!publicIps.includes(rule.ip)) {
      const remedy = `add it to router.publicIps, or give it with --public-ip ${rule.ip}`;
      const message = `group ${name}: ${rule.ip} is not an address of the router (${publicIps.join(', ')}); ${remedy}`;
      throw new SimulatorError('ADDRESS_NOT_LOCAL', message);
    }
    const place = `${rule.ip}:${rule.port}`;
    if (rule.port > 65535) {
      throw new SimulatorError(
        'SCENARIO_INVALID',
        `group ${name}: there is no port ${rule.port}; use a lower publicPort or count`,
      );
    }
    const service = reserved.get(rule.port);
    if (service !== undefined) {
      throw new SimulatorError(
        'PORT_IN_USE',
        `group ${name}: port ${place} is in use by the router for ${service}; choose another publicPort`,
      );
    }
    const owner = owners.get(place);
    if (owner !== undefined) {
      throw new SimulatorError(
        'PORT_IN_USE',
        `groups ${owner} and ${name} both use ${place}; choose another publicPort`,
      );
    }
    owners.set(place, name);
  }
}
