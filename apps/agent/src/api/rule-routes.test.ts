import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AgentInMemory, ip, openAgent, vms } from '../../testing/agents.ts';
import { highestGeneration } from './check-generation.ts';

let agent: AgentInMemory;
beforeEach(async () => {
  agent = await openAgent();
});
afterEach(() => agent.close());

const web = { stickiness: { method: 'SourceBased', tablesize: '200k' }, members: vms };
const path = `/v1/rules/${ip}:80`;
const create = { 'if-none-match': '*' };

it('creates, reads, changes and removes a rule; its ETag is its generation', async () => {
  const created = await agent.ask('PUT', path, web, create);
  expect(created).toMatchObject({ status: 201, body: { generation: 1, rule: { ip, port: 80 } } });
  expect(created.body.status.conditions.at(-1)).toMatchObject({ type: 'InForce', status: 'True' });
  expect(created.headers.get('etag')).toBe('"1"');

  const changed = await agent.ask('PUT', path, { ...web, algorithm: 'leastconn' }, { 'if-match': '"1"' });
  expect(changed).toMatchObject({ status: 200, body: { generation: 2, rule: { algorithm: 'leastconn' } } });
  const read = await agent.ask('GET', path);
  expect(read.headers.get('etag')).toBe('"2"');
  expect(read.body).toEqual(changed.body);
  expect(read.body.rule.stickiness).toEqual({ method: 'SourceBased', tablesize: '200k', expire: '30m' });

  const all = await agent.ask('GET', '/v1/rules');
  expect(all.body).toEqual({ revision: 2, rules: [changed.body] });
  const client = { client: '198.18.0.1', ip, port: 80, protocol: 'tcp' as const };
  expect(await agent.dataPlane.clients.ask([client])).toMatchObject([{ ok: true }]);

  expect((await agent.ask('DELETE', path, undefined, { 'if-match': '"2"' })).status).toBe(204);
  expect(await agent.dataPlane.clients.ask([client])).toMatchObject([{ ok: false }]);
  expect((await agent.ask('GET', path)).body).toMatchObject({ status: 404, code: 'RULE_NOT_FOUND' });
});

it('takes what a read has answered', async () => {
  await agent.ask('PUT', path, web, create);
  const { body, headers } = await agent.ask('GET', path);
  const again = await agent.ask('PUT', path, body.rule, { 'if-match': headers.get('etag')! });
  expect(again).toMatchObject({ status: 200, body: { generation: 2, rule: body.rule } });
});

it.each([
  [{}, 428, 'PRECONDITION_REQUIRED'],
  [{ 'if-match': '"7"' }, 412, 'PRECONDITION_FAILED'],
  [{ 'if-match': 'W/"1"' }, 412, 'PRECONDITION_FAILED'],
  [{ 'if-none-match': '*' }, 412, 'PRECONDITION_FAILED'],
])('refuses a change that has not seen what is there: %j', async (headers, status, code) => {
  await agent.ask('PUT', path, web, create);
  for (const method of ['PUT', 'DELETE']) {
    const body = method === 'PUT' ? { ...web, algorithm: 'source' } : undefined;
    if (method === 'DELETE' && code === 'PRECONDITION_FAILED' && 'if-none-match' in headers) continue;
    expect((await agent.ask(method, path, body, headers)).body).toMatchObject({ status, code });
  }
  expect((await agent.ask('GET', path)).body).toMatchObject({ generation: 1, rule: { algorithm: 'roundrobin' } });
});

it('lets one of two changes through that have seen the same', async () => {
  await agent.ask('PUT', path, web, create);
  const both = await Promise.all(
    ['leastconn', 'source'].map((algorithm) => agent.ask('PUT', path, { ...web, algorithm }, { 'if-match': '"1"' })),
  );
  expect(both.map(({ status }) => status)).toEqual([200, 412]);
});

it('answers a rule that cannot be served with the reason, and keeps it desired', async () => {
  const elsewhere = '/v1/rules/192.0.2.1:80';
  const answer = await agent.ask('PUT', elsewhere, web, create);
  expect(answer.body).toMatchObject({
    status: 422,
    code: 'RULE_REFUSED',
    detail: expect.stringMatching(/^192\.0\.2\.1:80: AddressNotLocal: /),
    rule: { generation: 1 },
  });
  expect(answer.headers.get('etag')).toBe('"1"');
  expect((await agent.ask('DELETE', elsewhere, undefined, { 'if-match': '"1"' })).status).toBe(204);
});

it('names every field that is wrong, and changes nothing', async () => {
  const body = {
    algorithm: 'random',
    stickiness: { method: 'SourceBased', expire: 5 },
    members: [{ vm: 'a b' }],
    x: 1,
  };
  const { body: problem } = await agent.ask('PUT', path, body, create);
  expect(problem).toMatchObject({ status: 400, code: 'BODY_INVALID', title: 'The body is not what the schema says' });
  expect(problem.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
    '/algorithm',
    '/members/0/ip',
    '/members/0/port',
    '/members/0/vm',
    '/stickiness/expire',
    '/x',
  ]);
  const twice = await agent.ask('PUT', path, { members: [vms[0], vms[0]] }, create);
  expect(twice.body.errors).toContainEqual({
    pointer: '/members/1/vm',
    detail: 'vm11 is a member already, as members[0]',
  });
  const other = await agent.ask('PUT', path, { ip: '203.0.113.11' }, create);
  expect(other.body.errors).toEqual([{ pointer: '/ip', detail: `expected ${ip}, as in the path, or nothing` }]);
  expect((await agent.ask('GET', '/v1/rules')).body.rules).toEqual([]);
});

it.each([
  ['/v1/rules/203.0.113.10', 'PUT', '{}', {}, 400, 'PATH_INVALID'],
  ['/v1/rules/203.0.113.10:65536', 'PUT', '{}', {}, 400, 'PATH_INVALID'],
  ['/v1/rules/203.0.113.256:80', 'PUT', '{}', {}, 400, 'PATH_INVALID'],
  ['/v1/rules/203.0.113.010:80', 'PUT', '{}', {}, 400, 'PATH_INVALID'],
  ['/v1/rules/[2001:db8::1]:80', 'PUT', '{}', {}, 400, 'PATH_INVALID'],
  ['/v1/rules/203.0.113.10:80/..%2f', 'PUT', '{}', {}, 404, 'NOT_FOUND'],
  [path, 'PUT', '{"a":', {}, 400, 'BODY_NOT_JSON'],
  [path, 'PUT', '{}', { 'content-type': 'text/plain' }, 415, 'CONTENT_TYPE_UNSUPPORTED'],
  [path, 'PATCH', '{}', {}, 405, 'METHOD_NOT_ALLOWED'],
  ['/v1/commands', 'POST', '{"type":"dropRules"}', {}, 400, 'BODY_INVALID'],
])('answers %s %s %s with a problem', async (at, method, body, headers, status, code) => {
  const answer = await agent.ask(method, at, body, headers);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body).toMatchObject({ status, code, type: `urn:limpet:problem:${code}` });
});

const common = { ip, port: 80, protocol: 'tcp', algorithm: 'roundrobin', cidrs: [], members: [] };
const rule = { ...common, stickiness: { method: 'none' } };

it.each([
  ['/generation', (generation: number) => ({ type: 'putRule', rule, generation })],
  ['/generation', (generation: number) => ({ type: 'removeRule', key: { ip, port: 80 }, generation })],
  ['/snapshot/revision', (revision: number) => ({ type: 'syncRules', snapshot: { revision, rules: [] } })],
] as const)('leaves room for the generations of later changes: %s of %#', async (pointer, command) => {
  const none = await agent.ask('POST', '/v1/commands', command(highestGeneration + 1));
  expect(none.body).toMatchObject({ status: 400, code: 'BODY_INVALID', errors: [{ pointer }] });
  expect((await agent.ask('POST', '/v1/commands', command(highestGeneration))).status).toBe(200);
  const created = await agent.ask('PUT', `/v1/rules/${ip}:81`, web, create);
  expect(created.body).toMatchObject({ generation: highestGeneration + 1 });
  const changed = await agent.ask('PUT', `/v1/rules/${ip}:81`, { members: [] }, { 'if-match': '*' });
  expect(changed.body).toMatchObject({ generation: highestGeneration + 2 });
});
