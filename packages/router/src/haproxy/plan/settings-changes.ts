import { createHash } from 'node:crypto';
import type { HaproxySettings } from '@limpet/contract';
import { haproxySettingsOf } from '../config/settings.ts';
import { type FieldChange, leafChanges } from './field-changes.ts';

/** Whether two passwords differ can be seen, and no password. */
const masked = (password: string): string =>
  `sha256:${createHash('sha256').update(password).digest('hex').slice(0, 8)}`;

/** Statistics pages by their address, since their order has no meaning. */
const byPage = ({ statistics, ...settings }: HaproxySettings): object => ({
  ...settings,
  statistics: Object.fromEntries(
    statistics.map(({ ip, port, password, ...page }) => [`${ip}:${port}`, { ...page, password: masked(password) }]),
  ),
});

/** The differences in what HAProxy is told, in the order of the fields. Pure. */
export const settingsChanges = (before: HaproxySettings, after: HaproxySettings): FieldChange[] =>
  leafChanges(byPage(haproxySettingsOf(before)), byPage(haproxySettingsOf(after)));

/** The connections and clients that a change of the settings disrupts, beside what every reload does; a sentence each. */
export const settingsDisruptions = (changes: readonly FieldChange[]): string[] =>
  changes.some(({ field }) => /^(peersPort|pair)\b/.test(field))
    ? ['clients of sticky rules are balanced anew: the tables cannot be handed over between two local peers']
    : [];
