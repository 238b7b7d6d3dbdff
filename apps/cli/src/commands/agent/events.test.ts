import { writeFile } from 'node:fs/promises';
import { type AgentInMemory, ip, openAgent, vms } from '@limpet/agent/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { capture } from '../../../testing/run-command.ts';
import { events } from './events.ts';

let agent: AgentInMemory;
beforeEach(async () => {
  agent = await openAgent();
  await writeFile(`${agent.folder}/agent.json`, JSON.stringify({ socket: agent.socket }));
});
afterEach(() => agent.close());

/** Follows while a rule is put and the agent stops. */
async function follow(output: 'json' | 'table', after?: number) {
  const { context, result } = capture();
  const known = after === undefined ? {} : { after };
  const following = events({ dir: agent.folder, output, ...known }, context);
  await expect.poll(() => agent.agent.events.listeners).toBe(1);
  await agent.ask('PUT', `/v1/rules/${ip}:80`, { members: vms }, { 'if-none-match': '*' });
  await agent.agent.stop();
  await following;
  return result;
}

it('prints each event as a line of JSON, and ends with the agent', async () => {
  const { code, stdout } = await follow('json');
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  const said = lines.map((line) => JSON.parse(line));
  expect(said.map(({ type }) => type)).toEqual(['command', 'settled', ...Array(3).fill('condition'), 'stopping']);
  expect(said[1]).toMatchObject({ rule: `${ip}:80`, generation: 1, outcome: 'applied' });
  expect(said.map(({ sequence }) => sequence)).toEqual(said.map((_, at) => said[0].sequence + at));
});

it('prints them for people, from the one that is known', async () => {
  const { stdout } = await follow('table', 7);
  const lines = stdout.split('\n');
  expect(lines[0]).toBe('- - lost after=7');
  expect(lines[1]).toMatch(/^\d+ \S+Z running$/);
  expect(lines[3]).toMatch(/^\d+ \S+Z settled rule=203\.0\.113\.10:80 generation=1 outcome=applied milliseconds=\d+$/);
  expect(lines[4]).toMatch(
    / condition rule=\S+ condition=Accepted status=True reason=Valid message="the rule can be served.*" generation=1$/,
  );
});

it('says that no agent is there', async () => {
  await agent.agent.stop();
  const { context } = capture();
  await expect(events({ dir: agent.folder, output: 'json' }, context)).rejects.toMatchObject({
    code: 'AGENT_NOT_RUNNING',
    message: `no agent drives the router in ${agent.folder}; start it by limpet agent, or give another --dir`,
  });
});
