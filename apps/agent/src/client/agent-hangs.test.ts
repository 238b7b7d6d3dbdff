import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AgentClient } from './agent-client.ts';
import { AGENT_FILE, findAgent } from './find-agent.ts';

let folder: string;
let socket: string;
let server: Server;
/** Requests that came, and their answers where there is one. */
let asked: string[];
let answers: Record<string, (times: number) => string | undefined>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-hangs-'));
  socket = join(folder, 'agent.sock');
  [asked, answers] = [[], {}];
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const answer = answers[url]?.(asked.filter((each) => each === url).length);
    if (answer !== undefined) response.setHeader('content-type', 'application/json').end(answer);
    else if (url !== '/healthz') waiting.push((text) => response.end(text));
  });
  server.listen(socket);
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});
let waiting: ((text: string) => void)[] = [];

const client = (): AgentClient => new AgentClient(socket, 20);
const hangs = {
  code: 'AGENT_NOT_RESPONDING',
  message: expect.stringMatching(/agent\.sock takes requests and answers none, not even \/healthz; restart the agent$/),
};

it.each([
  ['ask', (agent: AgentClient) => agent.ask('PUT', '/v1/rules', {})],
  ['status', (agent: AgentClient) => agent.status()],
  ['submit', (agent: AgentClient) => agent.submit({}, 'lb.json')],
  ['text', (agent: AgentClient) => agent.text('/metrics')],
  ['events', (agent: AgentClient) => agent.events().next()],
])('%s says that an agent hangs, and waits for it no more', async (_, call) => {
  await expect(call(client())).rejects.toMatchObject(hangs);
  expect(asked).toContain('/healthz');
});

it('is not taken for a router without an agent when it hangs', async () => {
  await writeFile(join(folder, AGENT_FILE), JSON.stringify({ socket }));
  await expect(findAgent(folder, 20)).rejects.toMatchObject(hangs);
});

it('waits for an agent that lives, however long it takes', async () => {
  waiting = [];
  answers['/healthz'] = (times) => {
    if (times === 3) waiting[0]!('{"late":true}');
    return '{"ok":true}';
  };
  expect(await client().ask('PUT', '/v1/rules', {})).toEqual({ late: true });
});
