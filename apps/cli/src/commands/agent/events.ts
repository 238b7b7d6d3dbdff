import { resolve } from 'node:path';
import { AgentError, findAgent, type ReceivedEvent } from '@limpet/agent/client';
import type { Context, OutputFormat } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { exitOnInterrupt } from '../../output/interrupt.ts';
import { createProgress } from '../../output/progress.ts';

/** Options of `limpet events`. */
export interface EventsFlags {
  /** The router's folder. */
  dir: string;
  /** The number of the last event that is known. */
  after?: number;
  output: OutputFormat;
}

/**
 * `limpet events`: follows what the agent does, until it stops.
 *
 * @throws AgentError `AGENT_NOT_RUNNING`
 */
export async function events(flags: EventsFlags, context: Context): Promise<void> {
  const dir = resolve(flags.dir);
  const agent = await findAgent(dir);
  if (agent === undefined) {
    const remedy = 'start it by limpet agent, or give another --dir';
    throw new AgentError('AGENT_NOT_RUNNING', [`no agent drives the router in ${dir}; ${remedy}`]);
  }
  exitOnInterrupt(createProgress(context.stderr));
  for await (const event of agent.events(flags.after)) {
    context.stdout(flags.output === 'json' ? `${JSON.stringify(event)}\n` : showEvent(event));
  }
  context.exit(exitCodes.done);
}

/** A line: `1790000000000001 2026-11-27T15:00:00.000Z settled rule=203.0.113.10:80 generation=3 outcome=applied`. */
function showEvent({ sequence, time, type, ...fields }: ReceivedEvent): string {
  const said = Object.entries(fields).map(([name, value]) => `${name}=${wordOf(value)}`);
  return `${[sequence ?? '-', time ?? '-', type, ...said].join(' ')}\n`;
}

const wordOf = (value: unknown): string =>
  typeof value === 'string' && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value);
