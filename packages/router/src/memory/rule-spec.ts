import type { MemberRecord, RuleRecord, Stickiness } from '@limpet/contract';
import type { ProxySpec, ServerSpec, StickRule, TableSpec } from '@limpet/data-plane/memory';
import { always, inNetwork, type Network, parseNetwork } from '@limpet/data-plane/memory';
import { modeOf } from '../mode.ts';
import { proxyName } from '../names.ts';

/** `timeout client` and `timeout server` of the other routers (CloudStack's HAProxyConfigurator: 50000). */
const IDLE_TIMEOUT_MS = 50_000;

/** A rule's networks, whose form the contract has checked. */
function networksOf(rule: RuleRecord): Network[] {
  return rule.cidrs.flatMap((cidr) => parseNetwork(cidr) ?? []);
}

/** The proxy of a rule, without servers: members are added and removed as dynamic servers. */
export function ruleSpec(rule: RuleRecord): ProxySpec {
  const name = proxyName(rule);
  const networks = networksOf(rule);
  const { stickiness } = rule;
  return {
    name,
    mode: modeOf(rule),
    balance: { algorithm: rule.algorithm, consistent: rule.algorithm === 'source' },
    binds: [{ address: rule.ip, port: rule.port, transparent: false }],
    servers: [],
    table: tableOf(stickiness),
    stick: stickOf(stickiness, name),
    cookie:
      stickiness.method === 'LbCookie'
        ? { name: stickiness.cookieName, mode: stickiness.mode, postonly: stickiness.postonly, key: name }
        : undefined,
    maxConnections: rule.maxConnections ?? Number.POSITIVE_INFINITY,
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
    closeAfterResponse: rule.keepAlive === false,
    idleTimeoutMs: Math.min(rule.timeouts?.clientMs ?? IDLE_TIMEOUT_MS, rule.timeouts?.serverMs ?? IDLE_TIMEOUT_MS),
  };
}

/** Entries of an AppCookie rule's table. */
const APP_COOKIE_ENTRIES = 204_800;

function tableOf(stickiness: Stickiness): TableSpec | undefined {
  switch (stickiness.method) {
    case 'SourceBased':
      return {
        length: undefined,
        size: stickiness.tableSize,
        expireMs: stickiness.expireSeconds * 1000,
        peers: undefined,
      };
    case 'AppCookie':
      return {
        length: stickiness.length,
        size: APP_COOKIE_ENTRIES,
        expireMs: stickiness.holdTimeSeconds * 1000,
        peers: undefined,
      };
    default:
      return undefined;
  }
}

function stickOf(stickiness: Stickiness, table: string): StickRule[] {
  if (stickiness.method === 'SourceBased') {
    return [{ table, key: 'source', match: true, store: 'request', when: always }];
  }
  if (stickiness.method !== 'AppCookie') return [];
  const of = { table, key: { cookie: stickiness.cookieName }, when: always };
  return [
    { ...of, match: true, store: stickiness.requestLearn ? 'request' : undefined },
    { ...of, match: false, store: 'response' },
  ];
}

/** A member as a server of the emulator. */
export function memberSpec({ vm, ip, port, weight = 1 }: MemberRecord): ServerSpec {
  return { name: vm, ip, port, id: undefined, check: true, weight, disabled: false };
}
