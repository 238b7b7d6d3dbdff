import type { HaproxySettings } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import type { DesiredRule } from '../../desired.ts';
import { bindingOf } from '../../drain-rules.ts';
import { RouterError } from '../../errors.ts';
import type { RouterPaths } from '../config/paths.ts';
import { takesClients, toProxySpecs } from '../config/proxy-spec.ts';
import type { ServerIds } from '../config/server-ids.ts';
import { probeAffinity } from './probe.ts';

/** The router that a rule is verified on. */
export interface AffinityContext {
  dataPlane: DataPlane;
  paths: RouterPaths;
  settings: Pick<HaproxySettings, 'pair'>;
}

/**
 * Verifies by probes that a rule which has just become source-based keeps each client on one member. A rule that was so
 * before, and one whose members take no clients, needs no probe.
 *
 * @throws RouterError `ROUTER_NOT_IN_FORCE` with what the probes saw.
 */
export async function verifyAffinity(
  { dataPlane, paths, settings }: AffinityContext,
  serverIds: ServerIds,
  rule: DesiredRule,
  before: DesiredRule | undefined,
): Promise<void> {
  if (bindingOf(rule.rule) !== 'table' || (before && bindingOf(before.rule) === 'table')) return;
  const [spec] = toProxySpecs([rule], serverIds);
  if (!spec!.servers.some(takesClients)) return;
  const verdict = await probeAffinity(dataPlane, spec!, paths, settings);
  if (!verdict.ok) throw new RouterError('ROUTER_NOT_IN_FORCE', verdict.message);
}
