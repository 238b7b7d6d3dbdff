import type { DatabagCertificate } from '@limpet/cloudstack';
import type { HaproxySettings, RuleRecord } from '@limpet/contract';
import { defaultSettings, haproxySettingsOf, parseSettings } from '@limpet/router';
import { type SettingsPatch, withPatch } from './rules-file/settings-schema.ts';
import type { UnreadableRule } from './unreadable-rules.ts';

/** What is desired of the router. */
export interface Source {
  rules: RuleRecord[];
  /** Rules that are refused because a line of theirs cannot be read. */
  unreadable: UnreadableRule[];
  settings: HaproxySettings;
  /** Name of the databag that it was read from, if it was. */
  databag?: string;
  /** Of a databag, the certificates that the files of its rules should hold; {@link compareCertificates} takes them away. */
  certificates?: readonly DatabagCertificate[];
  /** Lines of a databag that Limpet does not carry out, with the reason: a sentence each. */
  notCarriedOut: string[];
}

/** What is desired, with settings that count before its own, the last ones first. @throws as {@link patchSettings} */
export const withSettings = (source: Source, patches: readonly SettingsPatch[]): Source => ({
  ...source,
  settings: patchSettings(source.settings, patches),
});

/**
 * Settings with others that count before them, the last ones first.
 *
 * @throws RouterError `ROUTER_SETTINGS_INVALID`: each may be right by itself, and they may not fit together
 */
export function patchSettings(base: HaproxySettings, patches: readonly SettingsPatch[]): HaproxySettings {
  const settings = patches.reduce(withPatch, base);
  return haproxySettingsOf(parseSettings({ ...defaultSettings, ...settings }));
}
