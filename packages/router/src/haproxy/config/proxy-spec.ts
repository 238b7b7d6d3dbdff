import type { MemberRecord } from '@limpet/contract';
import type { DesiredRule } from '../../desired.ts';
import { proxyName, ruleId } from '../../names.ts';
import type { ServerIds } from './server-ids.ts';

/** One member as HAProxy is to have it. */
export interface ServerSpec {
  name: string;
  id: number;
  ip: string;
  port: number;
  /**
   * The member's share; 0 while draining: "a server with weight 0 takes no part in load balancing, but still accepts persistent
   * connections" (HAProxy configuration manual, `weight`). It reads the same in the file and on the CLI, and so
   * survives a reload, which the administrative state `drain` does not.
   */
  weight: number;
  /** Takes nobody, not even those who were there before. */
  maintenance: boolean;
}

/** Whether new clients are given to a server. */
export const takesClients = ({ weight, maintenance }: ServerSpec): boolean => weight > 0 && !maintenance;

/** One rule as HAProxy is to have it. */
export interface ProxySpec extends DesiredRule {
  id: string;
  proxy: string;
  /** The map's value: which clients `stick on src` applies to. */
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

/** Binds wanted rules to names and ids, in the order of their ids: the same rules give the same bytes. */
export function toProxySpecs(rules: readonly DesiredRule[], serverIds: ServerIds): ProxySpec[] {
  return rules
    .map((wanted): ProxySpec => {
      const id = ruleId(wanted.rule);
      return {
        ...wanted,
        id,
        proxy: proxyName(wanted.rule),
        stick: wanted.rule.stickiness.method === 'SourceBased' ? 'source' : 'none',
        servers: wanted.rule.members.map((member) => serverOf(member, serverIds.ids[id]![member.vm]!)),
      };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
