import type { Protocol, RuleKey } from '@limpet/contract';

/**
 * How CloudStack 4.19.1 treats a rule's payload. It has no such attribute: the public port 80 means `mode http` unless
 * the offering keeps connections alive, any other port means `mode tcp` (HAProxyConfigurator.getRulesForPool).
 * A rule record's own `protocol` therefore has no effect on CloudStack's router; HTTP passes through `mode tcp` too.
 */
export function cloudStackProtocol(key: RuleKey, keepAliveEnabled: boolean): Protocol {
  return key.port === 80 && !keepAliveEnabled ? 'http' : 'tcp';
}
