import { AgentClient, readConfig } from '@limpet/agent/client';
import { isWell, RulesError } from '@limpet/operations';
import { readInputFile } from '../../arguments/input-file.ts';
import type { Context, OutputFormat } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { json } from '../../output/format.ts';
import { showStatuses } from '../../rules/show-statuses.ts';

/** Options of `limpet agent submit`. */
export interface SubmitFlags {
  config: string;
  databag: string;
  output: OutputFormat;
}

/**
 * `limpet agent submit`: hands a databag over, and exits as it ended, so that CloudStack's own step can tell the management
 * server the truth (B26).
 *
 * @throws RulesError `DATABAG_INVALID`; AgentRefusal; AgentError `AGENT_NOT_RUNNING`
 */
export async function submitDatabag(flags: SubmitFlags, context: Context): Promise<void> {
  const { socket } = await readConfig(flags.config);
  const text = await readInputFile('--databag', flags.databag, 'give the load_balancer.json that CloudStack wrote');
  const applied = await new AgentClient(socket).submit(parseJson(text, flags.databag), flags.databag);
  for (const line of applied.notCarriedOut) context.stderr.write(`not carried out: ${line}\n`);
  context.stdout(flags.output === 'json' ? json(applied) : showStatuses(applied.rules));
  context.exit(applied.rules.every(isWell) ? exitCodes.done : exitCodes.found);
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RulesError('DATABAG_INVALID', [`${file}: not JSON: ${(cause as Error).message}`], { cause });
  }
}
