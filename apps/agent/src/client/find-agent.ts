import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AgentError } from '../errors.ts';
import { AgentClient } from './agent-client.ts';

/** In the router's folder: where its agent listens, or has listened. */
export const AGENT_FILE = 'agent.json';

const agentFileSchema = z.object({ socket: z.string() });

/**
 * Finds the agent that drives the router in `dir`; undefined when none runs.
 *
 * @param patienceMs that of the client
 * @throws AgentRefusal, AgentError `AGENT_ANSWER_INVALID`, `AGENT_NOT_RESPONDING`
 */
export async function findAgent(dir: string, patienceMs?: number): Promise<AgentClient | undefined> {
  const socket = await socketOf(dir);
  if (socket === undefined) return undefined;
  const client = new AgentClient(socket, patienceMs);
  try {
    await client.ask('GET', '/healthz');
    return client;
  } catch (error) {
    if (error instanceof AgentError && error.code === 'AGENT_NOT_RUNNING') return undefined;
    throw error;
  }
}

/** A folder that cannot be read has no agent for this user: the command that follows says why. */
async function socketOf(dir: string): Promise<string | undefined> {
  try {
    return agentFileSchema.parse(JSON.parse(await readFile(join(dir, AGENT_FILE), 'utf8'))).socket;
  } catch {
    return undefined;
  }
}
