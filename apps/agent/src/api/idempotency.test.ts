import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AgentInMemory, ip, openAgent, vms } from '../../testing/agents.ts';

let agent: AgentInMemory;
beforeEach(async () => {
  agent = await openAgent();
});
afterEach(() => agent.close());

const path = `/v1/rules/${ip}:80`;
const create = { 'if-none-match': '*', 'idempotency-key': 'a-1' };
const web = { members: vms };
const commands = async (): Promise<number> => {
  const { body } = await agent.ask('GET', '/metrics');
  return Number(/^limpet_commands_total\{command="putRule",outcome="applied"\} (\d+)$/m.exec(body)?.[1] ?? 0);
};

/** The agent is killed before the answer of the request with this key is stored, and started again. */
const killUnanswered = async (key: string): Promise<void> => {
  const { dataPlane } = agent;
  await agent.close();
  const store = '/limpet/state.db';
  const row = dataPlane.stateStore.rows(store)!.find((each) => each.key === key)!;
  const { answer, ...begun } = JSON.parse(row.value) as { answer?: object };
  expect(answer).toBeDefined();
  await dataPlane.stateStore.commit(store, [{ ...row, value: JSON.stringify(begun) }]);
  agent = await openAgent({ dataPlane });
};

it('answers the same request by the same answer, and makes the change once', async () => {
  const first = await agent.ask('PUT', path, web, create);
  const again = await agent.ask('PUT', path, web, create);
  expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null]);
  expect(again).toMatchObject({ status: 201, body: first.body });
  expect([again.headers.get('etag'), again.headers.get('idempotency-replayed')]).toEqual(['"1"', 'true']);
  const other = await agent.ask('PUT', path, web, { ...create, 'idempotency-key': 'a-2' });
  expect(other.body).toMatchObject({ status: 412, code: 'PRECONDITION_FAILED' });
  expect(await commands()).toBe(1);
});

it('makes one change of two requests at once', async () => {
  const both = await Promise.all([agent.ask('PUT', path, web, create), agent.ask('PUT', path, web, create)]);
  expect(both.map(({ status }) => status)).toEqual([201, 201]);
  expect(await commands()).toBe(1);
});

it.each([
  ['another body', { members: [] }, {}, path, 'IDEMPOTENCY_KEY_REUSED'],
  ['another path', web, {}, `/v1/rules/${ip}:81`, 'IDEMPOTENCY_KEY_REUSED'],
  ['another precondition', web, { 'if-none-match': undefined, 'if-match': '"1"' }, path, 'IDEMPOTENCY_KEY_REUSED'],
])('refuses %s with the same key', async (_, body, headers, at, code) => {
  await agent.ask('PUT', path, web, create);
  const sent = Object.fromEntries(Object.entries({ ...create, ...headers }).filter(([, value]) => value !== undefined));
  expect((await agent.ask('PUT', at, body, sent as never)).body).toMatchObject({ status: 422, code });
  expect((await agent.ask('GET', '/v1/rules')).body.rules).toHaveLength(1);
});

it('refuses a key that is none', async () => {
  for (const key of ['a b', 'é', 'x'.repeat(256)]) {
    const { body } = await agent.ask('PUT', path, web, { ...create, 'idempotency-key': key });
    expect(body).toMatchObject({ status: 400, code: 'HEADER_INVALID', errors: [{ pointer: '/idempotency-key' }] });
  }
});

it('keeps a refusal, and forgets an answer that says to ask again', async () => {
  const elsewhere = '/v1/rules/192.0.2.1:80';
  const refused = await agent.ask('PUT', elsewhere, web, create);
  expect(await agent.ask('PUT', elsewhere, web, create)).toMatchObject({ status: 422, body: refused.body });
  const { dataPlane } = agent;
  await agent.agent.stop();
  const late = { ...create, 'idempotency-key': 'late' };
  expect((await agent.ask('PUT', path, web, late)).body).toMatchObject({ status: 503, code: 'AGENT_STOPPING' });
  agent = await openAgent({ dataPlane });
  expect((await agent.ask('PUT', path, web, late)).status).toBe(201);
});

it('goes on after a crash before the answer: what was brought about is not brought about again', async () => {
  const first = await agent.ask('PUT', path, web, create);
  await killUnanswered('a-1');
  const again = await agent.ask('PUT', path, web, create);
  expect(again).toMatchObject({ status: 201, body: { generation: 1, rule: first.body.rule } });
  expect(again.headers.get('etag')).toBe('"1"');

  const change = { 'if-match': '"1"', 'idempotency-key': 'a-2' };
  expect((await agent.ask('DELETE', path, undefined, change)).status).toBe(204);
  await killUnanswered('a-2');
  expect((await agent.ask('DELETE', path, undefined, change)).status).toBe(204);

  const all = { 'if-match': '"3"', 'idempotency-key': 'a-3' };
  const rules = { rules: [{ ip, port: 81, members: vms }], settings: { maxConnections: 6000 } };
  expect((await agent.ask('PUT', '/v1/rules', rules, { ...all, 'if-match': '*' })).status).toBe(200);
  await killUnanswered('a-3');
  const applied = await agent.ask('PUT', '/v1/rules', rules, { ...all, 'if-match': '*' });
  expect(applied).toMatchObject({ status: 200, body: { changes: false, inForce: true } });
});

it('is held to its precondition after a crash when nothing of it was brought about', async () => {
  await agent.ask('PUT', path, web, create);
  await killUnanswered('a-1');
  await agent.ask('PUT', path, { members: [] }, { 'if-match': '"1"' });
  expect((await agent.ask('PUT', path, web, create)).body).toMatchObject({ status: 412, code: 'PRECONDITION_FAILED' });
});
