import type { OutputFormat } from '../context.ts';

/** Flags of the commands that compare rules with the router. */
export interface RulesFlags {
  dir: string;
  from?: string;
  output: OutputFormat;
}
