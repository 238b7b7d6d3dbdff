import type { HaproxySettings, RuleRecord } from '@limpet/contract';
import type { UnreadableRule } from './unreadable-rules.ts';

/** What is desired of the router. */
export interface Source {
  rules: RuleRecord[];
  /** Rules that are refused because a line of theirs cannot be read. */
  unreadable: UnreadableRule[];
  settings: HaproxySettings;
  /** Name of the databag that it was read from, if it was. */
  databag?: string;
  /** Lines of a databag that Limpet does not carry out, with the reason: a sentence each. */
  notCarriedOut: string[];
}
