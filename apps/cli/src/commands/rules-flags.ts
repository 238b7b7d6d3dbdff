import type { OutputFormat } from '../context.ts';

/** Options of the commands that compare rules with the router. */
export interface RulesFlags {
  /** The router's folder. */
  dir: string;
  /** A CloudStack databag to take the rules from. */
  from?: string;
  /** `NAME=VALUE` of settings. */
  set?: string[];
  output: OutputFormat;
}
