import { readdir, stat, writeFile } from 'node:fs/promises';
import { parseRules } from '@limpet/operations';
import { afterEach, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type AgentInMemory, type AgentInMemoryOptions, ip, openAgent, startAgent, vms } from '../testing/agents.ts';
import { AgentClient } from './client/agent-client.ts';
import { serveUnixSocket } from './server/unix-socket.ts';

const opened: AgentInMemory[] = [];
const keep = async (starting: Promise<AgentInMemory>): Promise<AgentInMemory> => {
  const agent = await starting;
  opened.push(agent);
  return agent;
};
const open = (options?: AgentInMemoryOptions) => keep(openAgent(options));
afterEach(async () => {
  for (const agent of opened.splice(0)) await agent.close();
});

const web = { members: vms };
const path = `/v1/rules/${ip}:80`;
const create = { 'if-none-match': '*' };
const reached = async ({ dataPlane }: AgentInMemory, port = 80): Promise<boolean> =>
  (await dataPlane.clients.ask([{ client: '198.18.0.1', ip, port, protocol: 'tcp' }]))[0]!.ok;

const source = (...rules: object[]) => ({
  ...parseRules(stringify({ rules }), 'rules.yaml'),
  unreadable: [],
  notCarriedOut: [],
});

it('stops without touching traffic, and restores the last good state before it takes a change', async () => {
  const first = await open();
  await first.ask('PUT', path, web, create);
  await first.agent.stop();
  expect(await readdir(first.folder)).toEqual([]);
  expect(await reached(first)).toBe(true);

  await first.dataPlane.haproxy.stop();
  const second = await keep(startAgent({ dataPlane: first.dataPlane }));
  const early = await second.ask('PUT', path, web, { 'if-match': '"1"' });
  expect(early.body).toMatchObject({ status: 503, code: 'AGENT_STARTING' });
  expect(await second.ask('GET', '/readyz')).toMatchObject({
    status: 503,
    body: { ok: false, why: ['the last good state is not in force yet'] },
  });
  expect(await second.ask('GET', '/healthz')).toMatchObject({ status: 200, body: { ok: true } });
  await second.agent.run();
  expect(await reached(second)).toBe(true);
  expect(await second.ask('GET', '/readyz')).toMatchObject({ status: 200, body: { ok: true, why: [] } });
  expect((await second.ask('PUT', path, web, { 'if-match': '"1"' })).status).toBe(200);
});

it('listens for owner and group, on one socket once', async () => {
  const { agent, socket } = await open();
  expect((await stat(socket)).mode & 0o777).toBe(0o660);
  await expect(serveUnixSocket(agent.app.fetch, socket)).rejects.toMatchObject({ code: 'AGENT_SOCKET_UNUSABLE' });
  expect(await new AgentClient(socket).status()).toMatchObject({ rules: [] });
});

it('answers the generated commands over the socket, and how the router is', async () => {
  const { socket } = await open();
  const client = new AgentClient(socket);
  const { rules, settings } = source({ ip, port: 80, ...web }, { ip: '192.0.2.1', port: 80 });
  const commands = client.commands();
  const put = await commands.putRule({ type: 'putRule', rule: rules[0]!, generation: 5 });
  expect(put).toMatchObject({ outcome: 'applied', rules: [{ generation: 5, observedGeneration: 5 }] });
  expect(await commands.putRule({ type: 'putRule', rule: rules[0]!, generation: 4 })).toMatchObject({
    outcome: 'superseded',
  });
  expect(await client.status()).toMatchObject({
    haproxyRuns: true,
    inForce: true,
    rules: [{ generation: 5 }],
    counters: [{ key: { ip, port: 80 } }],
    members: [{ up: ['vm11', 'vm12', 'vm13'] }],
  });

  const wanted = { rules, settings, unreadable: [], notCarriedOut: ['a line: why'] };
  expect(await client.plan(wanted)).toMatchObject({
    changes: false,
    refusals: [{ rule: '192.0.2.1:80', reason: 'AddressNotLocal' }],
  });
  const applied = await client.apply(wanted);
  expect(applied).toMatchObject({ changes: true, inForce: false, notCarriedOut: ['a line: why'] });
  expect(applied.rules.map(({ generation, conditions }) => [generation, conditions.at(-1)!.status])).toEqual([
    [5, 'True'],
    [6, 'False'],
  ]);
  await client.apply({ ...wanted, rules: [] });
  expect(await client.status()).toMatchObject({ rules: [] });
});

it.each([
  ['stateStore', 'commit'],
  ['packetFilter', 'restore'],
  ['haproxy', 'start'],
] as const)(
  'is not ready while the host refuses %s.%s, says why, and is again when it does not',
  async (port, call) => {
    const agent = await openAgent();
    const calls = agent.dataPlane[port] as unknown as Record<string, () => Promise<void>>;
    const works = calls[call]!;
    calls[call] = () => Promise.reject(new Error('the host says no'));
    const put = () => agent.ask('PUT', `/v1/rules/${ip}:80`, { members: vms }, { 'if-none-match': '*' });
    expect((await put()).body).toMatchObject({
      code: 'RULE_REFUSED',
      detail: expect.stringMatching(/the host says no/),
    });
    expect(await agent.ask('GET', '/readyz')).toMatchObject({
      status: 503,
      body: { ok: false, why: [expect.stringMatching(/the host says no/)] },
    });
    expect((await agent.ask('GET', '/metrics')).body).toMatch(/^limpet_ready 0$/m);
    calls[call] = works;
    const again = { 'if-match': '"1"' };
    expect(await agent.ask('PUT', `/v1/rules/${ip}:80`, { members: vms }, again)).toMatchObject({ status: 200 });
    expect(await agent.ask('GET', '/readyz')).toMatchObject({ status: 200, body: { ok: true, why: [] } });
    await agent.close();
  },
);

it('tells HAProxy other settings, while a command waits', async () => {
  const { agent, socket } = await open();
  const client = new AgentClient(socket);
  const before = source({ ip, port: 80, ...web });
  const settings = { ...before.settings, maxConnections: 6000 };
  const [first, second] = await Promise.all([client.apply(before), client.apply({ ...before, settings })]);
  expect([first.inForce, second.inForce, second.changes]).toEqual([true, true, true]);
  expect(agent.driver.router.settings.maxConnections).toBe(6000);
  expect(await client.plan({ ...before, settings })).toMatchObject({ changes: false });
  const peers = [
    { name: 'r-5-VM', ip: '192.0.2.1' },
    { name: 'r-6-VM', ip: '192.0.2.2' },
  ];
  const refused = client.apply({ ...before, settings: { ...settings, pair: { self: 'r-5-VM', peers } } });
  await expect(refused).rejects.toMatchObject({
    code: 'SETTINGS_INVALID',
    message: expect.stringContaining('settings.pair.peers: 192.0.2.1 of r-5-VM'),
  });
  expect(await client.status()).toMatchObject({ inForce: true });
  expect(agent.driver.router.settings).toEqual(settings);
});

it('says that a statistics page waits for its address', async () => {
  const { socket } = await open();
  const client = new AgentClient(socket);
  const desired = source({ ip, port: 80, ...web });
  const page = { ip: '192.0.2.1', port: 8081, cidrs: [], uri: '/stats', user: 'u', password: 'p' };
  const settings = { ...desired.settings, statistics: [page] };
  expect(await client.apply({ ...desired, settings })).toMatchObject({
    inForce: true,
    notCarriedOut: [expect.stringContaining('settings.statistics[0].ip: 192.0.2.1 is not an address of this router')],
  });
});

it('compares the certificates of a databag with the files of its router', async () => {
  const { agent } = await open();
  const certificates = [{ place: 'bag.json: rules[0].ssl_certs[0]', name: '10_0_53_2-443', file: '/a.pem', pem: 'x' }];
  const { notCarriedOut } = await agent.driver.apply({ ...source({ ip, port: 80, ...web }), certificates });
  expect(notCarriedOut).toEqual([expect.stringContaining('"10_0_53_2-443": it cannot be used')]);
});

it('takes settings as a whole, under those of its own configuration, and keeps them where nothing is said', async () => {
  const { agent, ask } = await open({ haproxy: { settings: { maxPipes: 100 } } });
  const put = async (settings?: object) => {
    const answer = await ask('PUT', '/v1/rules', { rules: [], ...(settings && { settings }) }, { 'if-match': '*' });
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"0"']);
    const { maxConnections, maxPipes, user } = agent.driver.router.settings;
    return { maxConnections, maxPipes, user };
  };
  expect(await put({ maxConnections: 6000, maxPipes: 50 })).toEqual({ maxConnections: 6000, maxPipes: 100 });
  expect(await put()).toEqual({ maxConnections: 6000, maxPipes: 100 });
  expect(await put({})).toEqual({ maxConnections: 4096, maxPipes: 100 });
});

it('refuses changes over the API when a file is the input', async () => {
  const file = await open();
  const rulesFile = `${file.folder}/rules.yaml`;
  await writeFile(rulesFile, stringify({ rules: [] }));
  const agent = await open({ input: { kind: 'file', path: rulesFile }, dataPlane: file.dataPlane });
  for (const [method, at, body, headers] of [
    ['PUT', path, web, create],
    ['DELETE', path, undefined, { 'if-match': '"1"' }],
    ['PUT', '/v1/rules', { rules: [] }, { 'if-match': '*' }],
    ['POST', '/v1/commands', { type: 'removeRule', key: { ip, port: 80 }, generation: 1 }, {}],
  ] as const) {
    expect((await agent.ask(method, at, body, headers)).body).toMatchObject({
      status: 409,
      code: 'INPUT_ELSEWHERE',
      detail: `the agent takes its rules from ${rulesFile}; change that file`,
    });
  }
  expect((await agent.ask('POST', '/v1/commands', { type: 'reportRules' })).body).toMatchObject({ outcome: 'applied' });
});

it('publishes its API as OpenAPI 3.1, from the schemas that it checks', async () => {
  const { body } = await (await open()).ask('GET', '/openapi.json');
  expect(body.openapi).toBe('3.1.0');
  expect(Object.keys(body.paths).sort()).toEqual([
    '/healthz',
    '/inspect/document.json',
    '/inspect/feed',
    '/inspect/rules/{address}',
    '/inspect/rules/{address}/load',
    '/metrics',
    '/readyz',
    '/v1/commands',
    '/v1/databag',
    '/v1/events',
    '/v1/plan',
    '/v1/rules',
    '/v1/rules/{address}',
    '/v1/status',
  ]);
  const headersOf = (method: string, at: string): string[] =>
    body.paths[at][method].parameters.filter((each: { in: string }) => each.in === 'header').map(nameOf);
  expect(headersOf('put', '/v1/rules/{address}')).toEqual(['if-match', 'if-none-match', 'idempotency-key']);
  expect(headersOf('put', '/v1/rules')).toEqual(['if-match', 'idempotency-key']);
  expect(headersOf('get', '/v1/events')).toEqual(['last-event-id']);
  const { schema } = body.paths['/v1/rules/{address}'].put.requestBody.content['application/json'];
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
  expect(schema.properties.members.items.required).toEqual(['vm', 'ip', 'port']);
});

const nameOf = ({ name }: { name: string }): string => name;

it('leaves it to the unit that runs HAProxy who HAProxy is, unless its own configuration says it', async () => {
  const said = { user: 'haproxy', group: 'haproxy', chroot: '/var/lib/haproxy', maxPipes: 10 };
  const told = async (haproxy: object) => {
    const { agent, ask } = await open({ haproxy: { unit: 'limpet-haproxy.service', ...haproxy } });
    await ask('PUT', '/v1/rules', { rules: [], settings: said }, { 'if-match': '*' });
    const { user, group, chroot, maxPipes } = agent.driver.router.settings;
    return { user, group, chroot, maxPipes };
  };
  expect(await told({})).toEqual({ user: undefined, group: undefined, chroot: undefined, maxPipes: 10 });
  expect(await told({ settings: { group: 'limpet' } })).toMatchObject({ user: undefined, group: 'limpet' });
});
