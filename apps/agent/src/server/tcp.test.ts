import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { get, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AgentInMemory, ip, openAgent, vms } from '../../testing/agents.ts';
import type { ApiServer } from './http-server.ts';
import { serveTcp, type TcpOptions } from './tcp.ts';
import { readToken } from './token.ts';

const file = (path: string): string => fileURLToPath(new URL(`../../../../packages/${path}`, import.meta.url));
/** Signed by itself, so that it is its own authority. */
const [certificate, key] = ['certificate', 'key'].map((name) => file(`router/testdata/${name}.pem`)) as [
  string,
  string,
];
/** Signed by nobody that the server trusts; with its key. */
const stranger = file('conformance/src/sut/certificates/other.pem');
/** It ended in 2021; with its key. */
const expired = file('router/testdata/expired.pem');
const [first, second] = ['a', 'b'].map((letter) => letter.repeat(64)) as [string, string];

let agent: AgentInMemory;
let tokenFile: string;
let refused: string[];
const servers: ApiServer[] = [];
beforeEach(async () => {
  agent = await openAgent();
  tokenFile = `${agent.folder}/token`;
  refused = [];
  await writeFile(tokenFile, `${first}\n`, { mode: 0o600 });
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  await agent.close();
});

async function serve(options: Partial<TcpOptions>): Promise<number> {
  const all = { host: '127.0.0.1', port: 0, ...options };
  const server = await serveTcp(agent.agent.app.fetch, all, (why) => refused.push(why));
  servers.push(server);
  return server.port;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

it('answers nothing and changes nothing without the token, whatever is asked for', async () => {
  const url = `http://127.0.0.1:${await serve({ tokenFile })}`;
  const published = await fetch(`${url}/openapi.json`, { headers: bearer(first) });
  const { paths } = (await published.json()) as { paths: object };
  const asked = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [method.toUpperCase(), path.replace('{address}', `${ip}:80`)] as const),
  );
  expect(asked.length).toBeGreaterThan(10);
  const headers = { 'content-type': 'application/json', 'if-none-match': '*' };
  for (const [method, path] of [...asked, ['GET', '/openapi.json'], ['GET', '/'], ['GET', '/nonsense']] as const) {
    for (const shown of [{}, bearer(second), bearer(''), bearer(first.slice(1)), { authorization: `Basic ${first}` }]) {
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: JSON.stringify({ members: vms }) };
      const answer = await fetch(url + path, { method, headers: { ...headers, ...shown }, ...body });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringMatching(path.startsWith('/inspect/') ? /^Basic realm="/ : /^Bearer$/),
      ]);
      expect(await answer.json()).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    }
  }
  expect(new Set(refused)).toEqual(new Set(['no token was shown', 'another token was shown']));
  expect((await agent.ask('GET', '/v1/rules')).body).toMatchObject({ revision: 0, rules: [] });

  const made = { method: 'PUT', headers: { ...headers, ...bearer(first) }, body: JSON.stringify({ members: vms }) };
  expect((await fetch(`${url}/v1/rules/${ip}:80`, made)).status).toBe(201);
});

it('lets a browser show the token as a password, for the page alone', async () => {
  const url = `http://127.0.0.1:${await serve({ tokenFile })}`;
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  const status = async (path: string, text: string, method = 'GET') =>
    (await fetch(url + path, { method, headers: basic(text) })).status;
  expect(await status('/inspect/document.json', `:${first}`)).toBe(200);
  expect(await status('/inspect/document.json', `anybody:${first}`)).toBe(200);
  expect(await status('/inspect/document.json', `${first}:`)).toBe(401);
  expect(await status('/inspect/document.json', `:${second}`)).toBe(401);
  for (const path of ['/v1/rules', '/inspector', '/metrics', '//inspect/', '/v1/../v1/rules'])
    expect(await status(path, `:${first}`)).toBe(401);
  expect(await status('/inspect/document.json', `:${first}`, 'DELETE')).toBe(401);
});

it('takes another token at once, and nobody while others can read it', async () => {
  const url = `http://127.0.0.1:${await serve({ tokenFile })}/healthz`;
  const statuses = () =>
    Promise.all([first, second].map(async (token) => (await fetch(url, { headers: bearer(token) })).status));
  expect(await statuses()).toEqual([200, 401]);
  await writeFile(tokenFile, second);
  expect(await statuses()).toEqual([401, 200]);
  await chmod(tokenFile, 0o640);
  expect(await statuses()).toEqual([401, 401]);
  expect(refused.at(-1)).toBe(
    `${tokenFile}: its mode is 0640, so that others can read the token; chmod 600 ${tokenFile}`,
  );
});

it.each([
  ['short', 0o600, /expected a token of 32 to 4096 characters, such as openssl rand -hex 32 prints/],
  ['x'.repeat(20_000), 0o600, /expected a token of 32 to 4096 characters/],
  ['x'.repeat(64), 0o604, /its mode is 0604/],
])('does not begin with a token that is none: %.8s %o', async (content, mode, why) => {
  await writeFile(tokenFile, content);
  await chmod(tokenFile, mode);
  await expect(serve({ tokenFile })).rejects.toMatchObject({
    code: 'AGENT_CREDENTIALS_UNUSABLE',
    message: expect.stringMatching(why),
  });
  await rm(tokenFile);
  await expect(readToken(tokenFile)).rejects.toThrow(`cannot read ${tokenFile}: ENOENT`);
});

it('does not begin without credentials, or with a key of another certificate', async () => {
  const code = 'AGENT_CREDENTIALS_UNUSABLE';
  await expect(serve({})).rejects.toMatchObject({ code });
  await expect(serve({ tls: { certificate, key } })).rejects.toMatchObject({ code });
  const other = { certificate, key: file('router/testdata/other-key.pem') };
  await expect(serve({ tokenFile, tls: other })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(/are no certificate and its key .*give others/),
  });
  await expect(serve({ tokenFile, tls: { certificate, key: '/nowhere' } })).rejects.toMatchObject({
    code,
    message: expect.stringContaining('tcp.tls.key: cannot read /nowhere'),
  });
  await expect(serve({ tls: { certificate, key, clientCa: tokenFile } })).rejects.toMatchObject({
    code,
    message: `tcp.tls.clientCa: ${tokenFile} does not begin with a certificate as PEM; give another file`,
  });
});

it('is opened by the agent as its configuration says, and closed with it', async () => {
  const port = await serve({ tokenFile });
  await servers.pop()!.close();
  const listening = await openAgent({ tcp: { listen: `127.0.0.1:${port}`, tokenFile } });
  const url = `http://127.0.0.1:${port}/metrics`;
  expect((await fetch(url)).status).toBe(401);
  expect(listening.log).toContainEqual(expect.objectContaining({ msg: 'unauthorized', why: 'no token was shown' }));
  const metrics = await (await fetch(url, { headers: bearer(first) })).text();
  expect(metrics).toContain('limpet_unauthorized_requests_total 1');
  await listening.close();
  await expect(fetch(url, { headers: bearer(first) })).rejects.toThrow();
});

it('says that the address is in use', async () => {
  const port = await serve({ tokenFile });
  await expect(serve({ tokenFile, port })).rejects.toMatchObject({ code: 'AGENT_SOCKET_UNUSABLE' });
});

const over = async (options: RequestOptions): Promise<number | string> => {
  const server = { host: '127.0.0.1', servername: 'limpet.test', ca: await readFile(certificate), path: '/healthz' };
  return new Promise((resolve) => {
    get({ ...server, ...options, agent: false }, (answer) => {
      void text(answer).then(() => resolve(answer.statusCode!));
    }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
};

it('answers only those whose certificate the authority has signed', async () => {
  const port = await serve({ tls: { certificate, key, clientCa: certificate } });
  const own = { cert: await readFile(certificate), key: await readFile(key) };
  const other = await readFile(stranger);
  expect(await over({ port, ...own })).toBe(200);
  expect(await over({ port })).toMatch(/^E|ALERT/);
  expect(await over({ port, cert: other, key: other })).toMatch(/^E|ALERT/);
  expect(await over({ port, ...own, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).toMatch(/^E|ALERT/);
  expect(refused.length).toBeGreaterThan(0);
  const plain = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => 'no answer');
  expect(plain).toBe('no answer');
});

it.each([
  ['has expired', expired, expired, 'CERT_HAS_EXPIRED'],
  ['is of another authority', certificate, stranger, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
])('says why it refuses a client: its certificate %s', async (_, clientCa, clients, why) => {
  const port = await serve({ tls: { certificate, key, clientCa } });
  const pem = await readFile(clients);
  expect(await over({ port, cert: pem, key: pem })).toMatch(/^E|ALERT/);
  await expect.poll(() => refused).toEqual([`TLS: the client's certificate: ${why}`]);
});

it('wants both, where both are asked for', async () => {
  const port = await serve({ tokenFile, tls: { certificate, key, clientCa: certificate } });
  const own = { cert: await readFile(certificate), key: await readFile(key) };
  expect(await over({ port, ...own })).toBe(401);
  expect(await over({ port, ...own, headers: bearer(first) })).toBe(200);
  expect(await over({ port, headers: bearer(first) })).toMatch(/^E|ALERT/);
});
