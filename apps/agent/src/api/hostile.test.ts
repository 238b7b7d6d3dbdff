import { once } from 'node:events';
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

const json = 'host: limpet\r\nconnection: close\r\ncontent-type: application/json\r\n';
const chunked = 'transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n';
const large = 'x'.repeat(100_000);

it.each([
  ['a body that a method does not have', `GET /v1/rules HTTP/1.1\r\n${json}${chunked}`, 200],
  ['one of HEAD', `HEAD /v1/rules HTTP/1.1\r\n${json}${chunked}`, 200],
  ['a large one', `GET /v1/rules HTTP/1.1\r\n${json}content-length: ${large.length}\r\n\r\n${large}`, 200],
  ['one of DELETE', `DELETE /v1/rules/192.0.2.1:81 HTTP/1.1\r\n${json}${chunked}`, 404],
  [
    'a large one of DELETE',
    `DELETE /v1/rules/192.0.2.1:81 HTTP/1.1\r\n${json}content-length: ${large.length}\r\n\r\n${large}`,
    404,
  ],
  ['a body in chunks', `POST /v1/plan HTTP/1.1\r\n${json}${chunked}`, 400],
  ['two lengths', `POST /v1/plan HTTP/1.1\r\n${json}content-length: 2\r\ncontent-length: 2\r\n\r\n{}`, 400],
  ['a length and chunks', `POST /v1/plan HTTP/1.1\r\n${json}content-length: 2\r\n${chunked}`, 400],
  ['an expectation', `GET /v1/rules HTTP/1.1\r\n${json}expect: more\r\n\r\n`, 417],
  ['HTTP/1.0 without a host', 'GET /healthz HTTP/1.0\r\n\r\n', 200],
  ['HTTP/1.1 without a host', 'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
  ['a host that is none', 'GET /healthz HTTP/1.1\r\nhost: [[\r\nconnection: close\r\n\r\n', 400],
  ['TRACE', `TRACE /healthz HTTP/1.1\r\n${json}\r\n`, 405],
])('answers %s, which is no fault of its own', async (_, request, status) => {
  const before = agent.log.length;
  const socket = connect(agent.socket).on('error', () => {});
  socket.write(request);
  expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(agent.log.slice(before).filter(({ msg }) => msg === 'a fault of Limpet')).toEqual([]);
});

it.each([10, 100_000])('takes no client that goes amid a body of %i bytes for a fault of its own', async (length) => {
  const asked = await openAgent();
  const socket = connect(asked.socket).on('error', () => {});
  const isThere = once(socket, 'data');
  socket.write(`POST /v1/plan HTTP/1.1\r\n${json}content-length: ${length}\r\nexpect: 100-continue\r\n\r\n{`);
  await isThere;
  socket.destroy();
  await asked.close(); // it waits for what is being answered
  expect(asked.log.filter(({ msg }) => msg === 'a fault of Limpet')).toEqual([]);
});

it('reads no body that is too large', async () => {
  const body = JSON.stringify({ members: vms, x: 'x'.repeat(17 * 1024 * 1024) });
  const answer = await agent.ask('PUT', `/v1/rules/${ip}:80`, body, { ...create, 'content-length': `${body.length}` });
  expect(answer.body).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
});
