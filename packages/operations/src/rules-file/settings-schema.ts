import {
  defaultTimeoutsSchema,
  type HaproxySettings,
  haproxySettingsSchema,
  logTargetSchema,
  type RedundantPair,
  redundantPairSchema,
  statisticsPageSchema,
} from '@limpet/contract';
import { z } from 'zod';
import { milliseconds } from './written-units.ts';

/** Who HAProxy runs as. */
type Identity = 'user' | 'group' | 'chroot';

/** Settings that were said; what is missing is the default. `null` takes back what was said before. */
export type SettingsPatch = {
  [Name in keyof Omit<HaproxySettings, 'timeouts' | 'pair' | Identity>]?: HaproxySettings[Name] | undefined;
} & { [Name in Identity]?: HaproxySettings[Name] | null | undefined } & {
  timeouts?: Partial<HaproxySettings['timeouts']> | undefined;
  pair?: { [Name in keyof RedundantPair]?: RedundantPair[Name] | undefined } | undefined;
};

const { connectMs, clientMs, serverMs } = defaultTimeoutsSchema.shape;

const timeouts = z
  .strictObject({
    connect: milliseconds(connectMs).optional(),
    client: milliseconds(clientMs).optional(),
    server: milliseconds(serverMs).optional(),
  })
  .transform(({ connect, client, server }) => ({
    ...(connect !== undefined && { connectMs: connect }),
    ...(client !== undefined && { clientMs: client }),
    ...(server !== undefined && { serverMs: server }),
  }));

const log = z.strictObject({
  ...logTargetSchema.shape,
  port: logTargetSchema.shape.port.default(514),
  facility: logTargetSchema.shape.facility.default('local0'),
  level: logTargetSchema.shape.level.default('warning'),
});

const page = z.strictObject({
  ...statisticsPageSchema.shape,
  port: statisticsPageSchema.shape.port.default(8081),
  cidrs: statisticsPageSchema.shape.cidrs.default([]).describe('Networks that may connect; none: everybody.'),
  uri: statisticsPageSchema.shape.uri.default('/admin?stats'),
});

/** A file that both routers of a pair have leaves `self` to `--set`. */
const pair = z.strictObject({
  self: redundantPairSchema.shape.self.optional().describe('The name of this router.'),
  peers: redundantPairSchema.shape.peers
    .optional()
    .describe('Both routers, by a name and an address that does not move. They share their stick tables.'),
});

const { maxConnections, maxPipes, user, group, chroot, tls, dhParamBits, peersPort } = haproxySettingsSchema.shape;

/** What HAProxy is told beside the rules, as an operator writes it: `settings` of a rules file, and `--set`. */
export const settingsSchema = z
  .strictObject({
    maxConnections: maxConnections.optional().describe('Connections that HAProxy accepts in all; 4096 without it.'),
    maxPipes: maxPipes.describe('Pipes for splicing.'),
    timeouts: timeouts.optional().describe('Of rules that have none of their own; 0s: for ever.'),
    user: user.describe('The user that HAProxy runs as; without it, the one who starts it.'),
    group: group.describe('The group that HAProxy runs as.'),
    chroot: chroot.describe('The folder that HAProxy sees as its root.'),
    log: log.optional().describe('The syslog server that HAProxy logs to.'),
    statistics: z.array(page).max(16).optional().describe("HAProxy's statistics pages."),
    tls: tls.optional().describe('What TLS clients may use, where the rule does not say it.'),
    dhParamBits: dhParamBits.describe('Bits of Diffie-Hellman parameters.'),
    peersPort: peersPort
      .optional()
      .describe('Port over which stick tables survive a reload; 10000 without it. Of a pair, on its own addresses.'),
    pair: pair
      .optional()
      .describe('Two routers of which one has the public addresses at a time. A rule waits for its address (Standby).'),
  })
  .describe('What HAProxy is told beside the rules.') satisfies z.ZodType<SettingsPatch>;

const given = (patch: object): object =>
  Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));

/** `base` with what the patch says. */
export function withPatch(base: HaproxySettings, patch: SettingsPatch = {}): HaproxySettings {
  const patched = {
    ...base,
    ...given(patch),
    timeouts: { ...base.timeouts, ...patch.timeouts },
    tls: { ...base.tls, ...patch.tls },
    ...(patch.pair && { pair: { ...base.pair, ...given(patch.pair) } }),
  };
  return Object.fromEntries(
    Object.entries(patched).filter(([, value]) => value !== null),
  ) as unknown as HaproxySettings;
}
