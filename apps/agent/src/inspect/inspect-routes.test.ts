import { documentSchema, type Message, parseMessage } from '@limpet/inspection';
import { ruleLoadSchema, ruleViewSchema } from '@limpet/operations';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AgentInMemory, ip, openAgent, vms } from '../../testing/agents.ts';

let agent: AgentInMemory;
beforeEach(async () => {
  agent = await openAgent({ page: async () => new Map([['/', { type: 'text/html', content: Buffer.from('<p>') }]]) });
});
afterEach(() => agent.close());

const path = `/v1/rules/${ip}:80`;
const rule = `${ip}:80`;
const create = { 'if-none-match': '*' };

/** The messages of the feed up to one that is looked for. */
async function feedUntil(found: (message: Message) => boolean, headers: Record<string, string> = {}) {
  const answer = await agent.agent.app.request('/inspect/feed', { headers });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const messages: Message[] = [];
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      if (!block.startsWith('id: ')) continue;
      messages.push(parseMessage(block.split('\ndata: ')[1]!));
      if (found(messages.at(-1)!)) return messages;
    }
  }
  throw new Error(`not found in ${JSON.stringify(messages)}`);
}

const told = (messages: readonly Message[]) =>
  messages
    .filter((message) => 'actor' in message && message.actor === rule)
    .map((message) => {
      switch (message.kind) {
        case 'event':
          return message.event.type;
        case 'ack':
          return message.answer;
        case 'snapshot':
        case 'transition':
          return `${message.kind} ${message.states.at(-1)} ${message.kind === 'snapshot' ? message.status : ''}`.trim();
        case 'verification':
          return message.verdict;
        default:
          return message.kind;
      }
    });

it('tells in the feed what was asked of a rule, what the router did, and what came of it', async () => {
  await agent.ask('PUT', path, { members: vms }, create);
  const messages = await feedUntil(({ kind }) => kind === 'verification');
  expect(messages[0]).toMatchObject({ kind: 'actor', actor: 'router' });
  const inForce = told(messages);
  expect(inForce.slice(0, 3)).toEqual(['actor', 'put', 'snapshot entry.applying active']);
  expect(inForce).toContain('command');
  expect(inForce.join()).toContain(
    'apply,transition entry.programmed,snapshot entry.programmed active,verify,transition entry.inForce,snapshot entry.inForce active',
  );
  expect(inForce.slice(-2)).toEqual(['in force', 'holds']);
  await agent.ask('DELETE', path, undefined, { 'if-match': '*' });
  const { seq } = messages.at(-1)!;
  const session = agent.agent.recording.recorder.session;
  const removed = await feedUntil((message) => message.kind === 'snapshot' && message.status === 'stopped', {
    'last-event-id': `${session}.${seq}`,
  });
  expect(removed[0]!.seq).toBe(seq + 1);
  expect(told(removed)).toEqual([
    ...['remove', 'transition entry.removing', 'snapshot entry.removing active', 'command'],
    ...['gone', 'snapshot entry.removed stopped'],
  ]);
});

it('tells what is refused, and a later version that is in force', async () => {
  const elsewhere = '/v1/rules/192.0.2.1:80';
  await agent.ask('PUT', elsewhere, { members: vms }, create);
  const messages = await feedUntil(({ kind }) => kind === 'verification');
  expect(messages.findLast(({ kind }) => kind === 'ack')).toMatchObject({
    answer: 'refused',
    payload: { conditions: expect.arrayContaining([expect.stringMatching(/^Accepted False \(AddressNotLocal\)$/)]) },
  });
  expect(messages.at(-1)).toMatchObject({ kind: 'verification', verdict: 'violated' });

  await agent.ask('PUT', path, { members: vms }, create);
  await agent.ask('PUT', path, { members: vms.slice(1) }, { 'if-match': '*' });
  const later = await feedUntil((message) => message.kind === 'ack' && message.payload?.generation === 3);
  expect(later.at(-1)).toMatchObject({ actor: rule, answer: 'in force' });
});

it('serves the page and nothing else, with its policy, and only to be read', async () => {
  const page = await agent.ask('GET', '/inspect/');
  expect([page.status, page.body]).toEqual([200, '<p>']);
  const document = await agent.ask('GET', '/inspect/document.json');
  expect(documentSchema.parse(document.body).machines.map(({ id }) => id)).toEqual(['entry']);
  expect(document.headers.get('x-limpet-run')).toBe('agent');
  for (const { headers } of [page, document, await agent.ask('GET', '/inspect/assets/none.js')]) {
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
  expect((await agent.ask('GET', '/inspect')).headers.get('location')).toBe('/inspect/');
  for (const [method, of, status, code] of [
    ['GET', '/inspect/assets/..%2f..%2fpackage.json', 404, 'NOT_FOUND'],
    ['GET', '/inspect/index.html', 404, 'NOT_FOUND'],
    ['POST', '/inspect/send', 404, 'NOT_FOUND'],
    ['POST', '/inspect/', 405, 'METHOD_NOT_ALLOWED'],
    ['DELETE', '/inspect/document.json', 405, 'METHOD_NOT_ALLOWED'],
  ] as const)
    expect(await agent.ask(method, of, method === 'POST' ? {} : undefined), of).toMatchObject({
      status,
      body: { code },
    });
});

it('tells all of a rule: desired and live, plan, servers, sticky clients, and the lines that it caused', async () => {
  const stickiness = { method: 'SourceBased' };
  await agent.ask('PUT', path, { members: vms, stickiness }, create);
  await agent.ask('PUT', '/v1/rules/192.0.2.1:80', { members: vms }, create);
  await agent.dataPlane.clients.ask([{ client: '198.18.0.1', ip, port: 80, protocol: 'tcp' }]);
  const view = async (address = rule) =>
    ruleViewSchema.parse((await agent.ask('GET', `/inspect/rules/${address}`)).body);
  const now = await view();
  expect(now).toMatchObject({ rule, desired: 1, live: 1, plan: { action: 'none', steps: [], reload: null } });
  expect(now.fields.filter(({ differs }) => differs)).toEqual([]);
  expect(now.servers.map(({ vm, live, total }) => [vm, live, total! >= 0])).toEqual(
    vms.map(({ vm, ip: address }) => [vm, `${address}:80, weight 1`, true]),
  );
  const [entry] = now.table!.entries;
  expect(entry).toMatchObject({ key: '198.18.0.1', vm: expect.stringMatching(/^vm1[123]$/) });
  const [own, global] = now.config;
  expect(own!.parts.find((part) => part.rule === rule)!.lines[0]).toBe('listen 203_0_113_10-80');
  expect([own!.differs, global!.name, global!.parts[0]!.rule]).toEqual([false, '00-global.cfg', undefined]);

  const { servers } = ruleLoadSchema.parse((await agent.ask('GET', `/inspect/rules/${rule}/load`)).body);
  expect(servers).toEqual(vms.map(({ vm }) => ({ vm, connections: 0 })));
  expect((await agent.ask('GET', '/inspect/rules/192.0.2.9:80/load')).body.servers).toEqual([]);

  await agent.dataPlane.haproxy.runtime(['set server 203_0_113_10-80/vm12 weight 7']);
  const drifted = await view();
  expect(drifted.servers.find(({ vm }) => vm === 'vm12')).toMatchObject({
    live: '10.1.1.12:80, weight 7',
    differs: true,
  });
  expect(drifted.plan!.steps.join()).toContain('vm12');

  const refused = await view('192.0.2.1:80');
  expect(refused.live).toBeUndefined();
  expect(refused.plan!.also.join()).toContain('refused (AddressNotLocal)');
  expect(refused.fields.every(({ live }) => live === undefined)).toBe(true);
  for (const [address, code] of [
    ['192.0.2.9:80', 'RULE_NOT_FOUND'],
    ['nonsense', 'PATH_INVALID'],
  ])
    expect((await agent.ask('GET', `/inspect/rules/${address}`)).body).toMatchObject({ code });
});

it('says what to do when there is no page', async () => {
  const bare = await openAgent();
  const { status, body } = await bare.ask('GET', '/inspect/');
  expect([status, body.code, body.detail]).toEqual([
    503,
    'PAGE_UNAVAILABLE',
    expect.stringContaining('run limpet agent'),
  ]);
  await bare.close();
});

it('ends the feed when the agent stops', async () => {
  const answer = await agent.agent.app.request('/inspect/feed');
  const reading = answer.text();
  await agent.agent.stop();
  expect(await reading).toContain('"type":"stopping"');
});
