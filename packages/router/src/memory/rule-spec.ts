import type { MemberRecord, RuleRecord } from '@limpet/contract';
import { modeOf } from '../mode.ts';
import { proxyName } from '../names.ts';
import { always } from './config/condition.ts';
import type { ProxySpec } from './config/spec.ts';
import { inNetwork, type Network, parseNetwork } from './ip.ts';
import type { ServerSpec } from './server.ts';

/** `timeout client` and `timeout server` of the other routers (CloudStack's HAProxyConfigurator: 50000). */
const IDLE_TIMEOUT_MS = 50_000;

/** A rule's networks. The contract has checked them. */
function networksOf(rule: RuleRecord): Network[] {
  return rule.cidrs.flatMap((cidr) => parseNetwork(cidr) ?? []);
}

/** The proxy that a rule wants. Members are not in it: they come and go as dynamic servers. */
export function ruleSpec(rule: RuleRecord): ProxySpec {
  const name = proxyName(rule);
  const networks = networksOf(rule);
  const { stickiness } = rule;
  const sticky = stickiness.method === 'SourceBased';
  return {
    name,
    mode: modeOf(rule),
    balance: { algorithm: rule.algorithm, consistent: rule.algorithm === 'source' },
    binds: [{ address: rule.ip, port: rule.port }],
    servers: [],
    table: sticky
      ? { size: stickiness.tableSize, expireMs: stickiness.expireSeconds * 1000, peers: undefined }
      : undefined,
    stick: sticky ? [{ table: name, when: always }] : [],
    admission:
      networks.length === 0
        ? []
        : [
            {
              layer: 'connection',
              action: 'reject',
              when: ({ source }) => !networks.some((network) => source !== undefined && inNetwork(source, network)),
            },
          ],
    redispatch: true,
    closeAfterResponse: false,
    idleTimeoutMs: IDLE_TIMEOUT_MS,
  };
}

export function memberSpec({ vm, ip, port }: MemberRecord): ServerSpec {
  return { name: vm, ip, port, id: undefined, check: true, weight: 1, disabled: false };
}
