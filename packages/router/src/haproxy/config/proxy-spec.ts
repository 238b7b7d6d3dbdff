import type { MemberRecord } from '@limpet/contract';
import type { DesiredRule } from '../../desired.ts';
import { proxyName, ruleId } from '../../names.ts';
import type { ServerIds } from './server-ids.ts';

/** One member as a server of HAProxy. */
export interface ServerSpec {
  name: string;
  id: number;
  ip: string;
  port: number;
  /**
   * The member's share; 0 while draining: "a server with weight 0 takes no part in load balancing, but still accepts
   * persistent connections" (HAProxy configuration manual, `weight`). The file and the CLI both have it, so that it
   * survives a reload, which the administrative state `drain` does not.
   */
  weight: number;
  /** Takes no clients, not even those that it had before. */
  maintenance: boolean;
}

/** Whether HAProxy gives new clients to a server. */
export const takesClients = ({ weight, maintenance }: ServerSpec): boolean => weight > 0 && !maintenance;

/** One rule as a proxy of HAProxy. */
export interface ProxySpec extends DesiredRule {
  id: string;
  proxy: string;
  /** The rule's value in the stick map: whether `stick on src` applies to its clients. */
  stick: 'source' | 'none';
  servers: ServerSpec[];
}

const serverOf = ({ vm, ip, port, state, weight }: MemberRecord, id: number): ServerSpec => ({
  name: vm,
  id,
  ip,
  port,
  weight: state === 'draining' ? 0 : (weight ?? 1),
  maintenance: state === 'maintenance',
});

/** The specs of desired rules, with names and server ids, sorted by rule id: the same rules give the same bytes. */
export const toProxySpecs = (rules: readonly DesiredRule[], serverIds: ServerIds): ProxySpec[] =>
  inOrder(rules.map((desired) => specOf(desired, serverIds)));

/**
 * The specs of two lists of desired rules, as {@link toProxySpecs} has them. What is the same object in both is the same in the
 * result: its text is rendered once.
 */
export function toSharedSpecs(
  before: readonly DesiredRule[],
  after: readonly DesiredRule[],
  serverIds: ServerIds,
): [ProxySpec[], ProxySpec[]] {
  const specs = new Map(before.map((desired) => [desired, specOf(desired, serverIds)]));
  return [inOrder([...specs.values()]), inOrder(after.map((each) => specs.get(each) ?? specOf(each, serverIds)))];
}

const inOrder = (specs: ProxySpec[]): ProxySpec[] => specs.sort((a, b) => (a.id < b.id ? -1 : 1));

function specOf(desired: DesiredRule, serverIds: ServerIds): ProxySpec {
  const id = ruleId(desired.rule);
  return {
    ...desired,
    id,
    proxy: proxyName(desired.rule),
    stick: desired.rule.stickiness.method === 'SourceBased' ? 'source' : 'none',
    servers: desired.rule.members.map((member) => serverOf(member, serverIds.ids[id]![member.vm]!)),
  };
}
