import { type Capabilities, lackOf } from '@limpet/haproxy';
import type { ProxySpec, ServerSpec } from '../config/proxy-spec.ts';

/**
 * Why a rule needs a reload for its servers, although the rest of it can change at run time: HAProxy can take a server,
 * or its cookie, only from the file. Undefined: it can take all of them at run time.
 *
 * @param known the rule's servers in HAProxy, by name
 */
export function serverReload(
  { id, rule, servers }: ProxySpec,
  known: ReadonlyMap<string, Pick<ServerSpec, 'ip' | 'port'>>,
  haproxy: Capabilities,
): string | undefined {
  const hasCookies = rule.stickiness.method === 'LbCookie';
  const lack = lackOf(haproxy, 'dynamicServers') ?? (hasCookies ? lackOf(haproxy, 'dynamicServerCookies') : undefined);
  for (const { name, ip, port } of servers) {
    const live = known.get(name);
    if (!live && lack !== undefined) return `server ${name} of ${id} is new, and ${lack}`;
    // No command changes a cookie. Where only the file gives one, the config hash has seen that it changes, and a server that
    // somebody moved has it still.
    const takesCookies = hasCookies && haproxy.supported.has('dynamicServerCookies');
    if (live && takesCookies && (live.ip !== ip || live.port !== port))
      return `server ${name} of ${id} moves, and its cookie names its address`;
  }
  return undefined;
}
