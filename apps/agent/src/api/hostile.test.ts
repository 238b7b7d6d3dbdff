import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AgentInMemory, ip, openAgent, vms } from '../../testing/agents.ts';

let agent: AgentInMemory;
beforeAll(async () => {
  agent = await openAgent();
});
afterAll(() => agent.close());

const create = { 'if-none-match': '*' };
const writes = [
  ['PUT', `/v1/rules/${ip}:80`],
  ['PUT', '/v1/rules'],
  ['POST', '/v1/plan'],
  ['POST', '/v1/commands'],
  ['POST', '/v1/databag'],
] as const;

/** Values near to what is expected, so that they come far. */
const hostile = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      type: fc.constantFrom('putRule', 'removeRule', 'syncRules', '__proto__'),
      ip: fc.oneof(fc.constant(ip), fc.string()),
      port: fc.oneof(fc.integer(), fc.string()),
      rules: fc.array(fc.jsonValue()),
      rule: fc.jsonValue(),
      members: fc.array(fc.record({ vm: fc.string(), ip: fc.string(), port: fc.float() }, { requiredKeys: [] })),
      certificate: fc.string(),
      stickiness: fc.record({ method: fc.string(), 'cookie-name': fc.string() }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  ),
);

it('refuses whatever is no rule, and says which field; no request is a fault', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...writes), hostile, async ([method, path], body) => {
      const { status, body: said } = await agent.ask(method, path, JSON.stringify(body) ?? 'null', create);
      expect(status).toBeLessThan(500);
      if (status >= 400) expect(said.code).toMatch(/^[A-Z_]+$/);
      if (said?.code === 'BODY_INVALID') expect(said.errors?.length ?? 1).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

it('answers good requests among many that are not even HTTP', async () => {
  const garbage = Array.from({ length: 50 }, async (_, at) => {
    const socket = connect(agent.socket);
    socket.on('error', () => {});
    socket.end(at % 2 === 0 ? 'nonsense\r\n\r\n' : `PUT /v1/rules HTTP/1.1\r\ncontent-length: ${at}e9\r\n\r\n`);
    return text(socket).catch(() => '');
  });
  const good = Array.from({ length: 50 }, () => agent.ask('GET', '/v1/rules'));
  expect((await Promise.all(good)).map(({ status }) => status)).toEqual(good.map(() => 200));
  for (const answer of await Promise.all(garbage)) expect(answer).toMatch(/^(HTTP\/1\.1 400 |$)/);
});

it('reads no body that is too large', async () => {
  const body = JSON.stringify({ members: vms, x: 'x'.repeat(17 * 1024 * 1024) });
  const answer = await agent.ask('PUT', `/v1/rules/${ip}:80`, body, { ...create, 'content-length': `${body.length}` });
  expect(answer.body).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
});
