import { readFile } from 'node:fs/promises';
import { knownKeysOf, readYaml } from '@limpet/operations';
import { AgentError } from '../errors.ts';
import { type AgentConfig, agentConfigSchema, agentJsonSchema } from './config-schema.ts';

const knownKeys = knownKeysOf(agentJsonSchema(), 'kind');

/**
 * Reads a configuration.
 *
 * @param source name of the file, for messages
 * @throws AgentError `AGENT_CONFIG_INVALID` with all problems: `agent.yaml:3:5: input.pth: unknown key; did you mean path?`
 */
export const parseConfig = (text: string, source: string): AgentConfig =>
  readYaml(text, source, {
    schema: agentConfigSchema,
    knownKeys,
    invalid: (lines) => new AgentError('AGENT_CONFIG_INVALID', lines),
  });

/**
 * Reads a configuration file.
 *
 * @throws AgentError `AGENT_CONFIG_UNREADABLE`, `AGENT_CONFIG_INVALID`
 */
export async function readConfig(file: string): Promise<AgentConfig> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new AgentError('AGENT_CONFIG_UNREADABLE', [`cannot read ${file}: ${(cause as Error).message}`], { cause });
  }
  return parseConfig(text, file);
}
