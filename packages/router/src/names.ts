import type { RuleKey } from '@limpet/contract';

/** A rule's proxy in HAProxy, by CloudStack's convention: `10_0_53_2-8080`. */
export { proxyName } from '@limpet/cloudstack';

/** A rule's id, `ip:port`, for people and as the key of maps: `10.0.53.2:8080`. */
export const ruleId = ({ ip, port }: RuleKey): string => `${ip}:${port}`;

/** The key of the rule with this id. */
export const keyOf = (id: string): RuleKey => {
  const [ip, port] = id.split(':') as [string, string];
  return { ip, port: Number(port) };
};
