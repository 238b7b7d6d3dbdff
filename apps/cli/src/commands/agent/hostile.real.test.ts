import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databagOf, defaultSettings } from '@limpet/cloudstack';
import { rule } from '@limpet/operations/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AgentInLab, limpetWithin, openAgentInLab } from '../../../testing/agent-in-lab.ts';
import { type ApiDocument, routesOf, valueFor } from '../../../testing/hostile/api-document.ts';
import { largeBodies } from '../../../testing/hostile/bodies.ts';
import { hostileDatabags } from '../../../testing/hostile/hostile-databags.ts';
import { address, type HostileRequest, hostileRequests } from '../../../testing/hostile/hostile-requests.ts';
import type { Knocked, Knocks } from '../../../testing/hostile/knock.ts';
import { rawRequests } from '../../../testing/hostile/raw-requests.ts';
import { type StormAnswer, sendRaw, sendSlowly, storm } from '../../../testing/hostile/storm.ts';
import { processFigures } from '../../../testing/process-figures.ts';

/** A person's machine sends one of ten. */
const total = process.env.CI === 'true' ? 10_000 : 1_000;
/** A router has 512 MB, and not for the agent alone. */
const heapMb = 160;
const mostMb = 400;

const ip = '10.0.53.2';
const vms = ['vm11', 'vm12'].map((vm) => ({ vm, ip: `10.1.1.${vm.slice(2)}`, port: 80 }));
const knocker = new URL('../../../testing/hostile/knock.ts', import.meta.url).pathname;

let agent: AgentInLab;
beforeEach(async () => {
  agent = await openAgentInLab({ publicIps: [ip], vms }, limpetWithin(heapMb));
});
afterEach(() => agent.close());

const document = async (): Promise<ApiDocument> => (await agent.client.ask('GET', '/openapi.json')) as ApiDocument;
const put = (port: number, members: readonly object[], match: Record<string, string>): Promise<unknown> =>
  agent.client.ask('PUT', `/v1/rules/${ip}:${port}`, { members }, match);

const isNamed = ({ request: { names }, named }: StormAnswer): boolean =>
  names === undefined || named.some((pointer) => pointer === names || pointer.startsWith(`${names}/`));
/** Of a thousand that want a plan, most are told to ask again. */
const isBusy = ({ request: { names }, code }: StormAnswer): boolean => names === undefined && code === 'AGENT_BUSY';
/** Whether it was answered as it must be. */
const isRight = (answer: StormAnswer): boolean =>
  isBusy(answer) ||
  (answer.status > 0 &&
    answer.status < 500 &&
    (answer.request.names === undefined || answer.status >= 400) &&
    isNamed(answer));

it(`refuses ${total} requests of clients that mean harm, with the field's name, and answers others meanwhile`, async () => {
  const { client } = agent;
  await agent.start();
  await put(80, vms, { 'if-none-match': '*' });
  const attacks = [
    ...hostileRequests(await document()),
    ...hostileDatabags(
      databagOf([rule({ ip, members: vms.map((vm) => ({ ...vm, state: 'serving' })) })], defaultSettings),
    ),
  ];
  expect(attacks.length).toBeGreaterThan(8_000);
  const sent: HostileRequest[] = Array.from(
    { length: total },
    (_, at) => attacks[total < attacks.length ? Math.floor((at * attacks.length) / total) : at % attacks.length]!,
  );
  const before = await processFigures(client);
  let most = before.residentMb;
  let ended = false;
  let good = 0;
  const others = async (): Promise<void> => {
    for (let etag = '*'; !ended; good++) {
      const members = vms.slice(good % 2);
      const { generation } = (await put(80, members, { 'if-match': etag })) as { generation: number };
      etag = `"${generation}"`;
      expect((await client.status()).inForce).toBe(true);
      most = Math.max(most, (await processFigures(client)).residentMb);
    }
  };
  const meanwhile = others();
  const slow = Array.from({ length: 50 }, () => sendSlowly(client.socket));

  // Each time, a thousand connections at once.
  const parallel = sent.slice(0, 1_000);
  const answers = [
    ...(await storm(client.socket, parallel, 1_000)),
    ...(await storm(client.socket, sent.slice(1_000), 32)),
  ];
  expect(answers.filter((answer) => !isRight(answer))).toEqual([]);
  expect(answers).toHaveLength(total);

  for (const raw of rawRequests) {
    const said = await sendRaw(client.socket, raw);
    expect([raw.toString().slice(0, 200), said]).toEqual([
      expect.anything(),
      expect.stringMatching(/^HTTP\/1\.1 [1-4]\d\d |^$/),
    ]);
    expect(said).not.toContain('root:');
  }

  const large = largeBodies();
  const refused = await storm(
    client.socket,
    large.map(([, request]) => request),
    4,
  );
  const codes = new Map(refused.map(({ request, code }) => [request, code]));
  // What comes while others send as much is refused for that.
  for (const [code, request] of large) expect([code, 'AGENT_BUSY', 'CLOSED']).toContain(codes.get(request));

  await Promise.all(slow);
  ended = true;
  await meanwhile;
  const { rules } = (await client.ask('GET', '/v1/rules')) as { rules: { generation: number; rule: object }[] };
  expect(rules).toMatchObject([{ generation: 1 + good, rule: { ip, port: 80 } }]);
  expect((await client.ask('GET', '/healthz')) as object).toEqual({ ok: true, why: [] });
  const after = await processFigures(client);
  const figures = {
    before: before.residentMb,
    most,
    after: after.residentMb,
    cpu: after.cpuSeconds - before.cpuSeconds,
  };
  console.log(`${total} hostile requests, ${good} changes meanwhile, MB and CPU seconds: ${JSON.stringify(figures)}`);
  expect(after.started).toBe(before.started);
  expect(most).toBeLessThan(mostMb);
  expect(agent.violations).toEqual([]);
});

it('has nothing to read and nothing to write for clients without credentials, and answers others among them', async () => {
  const token = 't'.repeat(40);
  const [tokenFile, file] = [join(agent.lab.dir, 'token'), join(agent.lab.dir, 'knocks.json')];
  await writeFile(tokenFile, token, { mode: 0o600 });
  await agent.start({ tcp: { listen: '127.0.0.1:8443', tokenFile } });
  const routes = routesOf(await document()).map(({ method, path, requestBody }) => {
    const schema = requestBody?.content['application/json'].schema;
    const body = schema && JSON.stringify(valueFor(schema));
    return { method, path: path.replace('{address}', address), body };
  });
  const knocks: Knocks = {
    requests: [...routes, { method: 'GET', path: '/openapi.json' }, { method: 'HEAD', path: '/metrics' }],
    wrong: ['', 'Bearer', `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Basic ${token}`, token, 'Bearer \u00ff'],
    right: `Bearer ${token}`,
    silent: 2_200,
  };
  await writeFile(file, JSON.stringify(knocks));
  const { stdout, stderr } = await agent.lab.exec(process.execPath, [knocker, '8443', file]);
  expect(stderr).toBe('');
  const { refused, count, right } = JSON.parse(stdout) as Knocked;
  expect({ refused: refused.toSorted(), count, right }).toEqual({
    refused: ['401 ', '401 UNAUTHORIZED'],
    count: knocks.requests.length * knocks.wrong.length,
    right: 200,
  });
  expect(await agent.client.ask('GET', '/v1/rules')).toMatchObject({ revision: 0, rules: [] });
});
