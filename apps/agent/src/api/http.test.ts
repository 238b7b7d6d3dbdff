import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentInMemory, ip, openAgent, vms } from '../../testing/agents.ts';

let agent: AgentInMemory;
let paths: [path: string, methods: string[]][];
beforeAll(async () => {
  agent = await openAgent();
  await agent.ask('PUT', `/v1/rules/${ip}:80`, { members: vms }, { 'if-none-match': '*' });
  const { body } = await agent.ask('GET', '/openapi.json');
  paths = Object.entries<object>(body.paths).map(([path, operations]) => [
    path.replace('{address}', `${ip}:80`),
    Object.keys(operations).map((method) => method.toUpperCase()),
  ]);
  // The page and the description have no operation of their own in it.
  for (const path of ['/inspect', '/inspect/', '/inspect/assets/index.js', '/openapi.json'])
    paths.push([path, ['GET']]);
});
afterAll(() => agent.close());

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'QUERY', 'PROPFIND', 'x'];

describe('the methods of each path', () => {
  it('are those of the description, and HEAD where GET is; of others Allow says which there are', async () => {
    expect(paths.length).toBeGreaterThan(15);
    for (const [path, described] of paths) {
      const has = new Set([...described, ...(described.includes('GET') ? ['HEAD'] : [])]);
      for (const method of methods.filter((each) => !has.has(each))) {
        const { status, headers, body } = await agent.ask(method, path);
        const allow = headers.get('allow')?.split(', ');
        expect({ path, method, status, allow }).toEqual({ path, method, status: 405, allow: [...has].sort() });
        if (method !== 'HEAD') expect(body).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
      }
      for (const method of has) expect((await answer(method, path)).status, `${method} ${path}`).not.toBe(405);
    }
  });

  it('are none where there is no path', async () => {
    for (const path of ['/', '/v1', '/v1/rules/', `/v1/rules/${ip}:80/x`, '/v1/statusx', '/openapiXjson']) {
      for (const method of methods.filter((each) => each !== 'HEAD')) {
        const { status, body } = await agent.ask(method, path);
        expect({ path, method, status, code: body.code }).toEqual({ path, method, status: 404, code: 'NOT_FOUND' });
      }
    }
  });

  it('are told as a problem, whatever the path is', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        'v1',
        'rules',
        'status',
        'inspect',
        'assets',
        `${ip}:80`,
        'load',
        '%0A',
        '%',
        '..',
        ':address',
        '*',
      ),
      fc.webSegment(),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'PATCH'), fc.array(part, { maxLength: 4 }), async (method, parts) => {
        const { status, headers, body } = await agent.ask(method, `/${parts.join('/')}?follow=false`);
        expect(status).not.toBe(500);
        if (status >= 400)
          expect([headers.get('content-type'), body.code]).toEqual(['application/problem+json', expect.any(String)]);
      }),
      { numRuns: 500 },
    );
  });

  it('answers HEAD as GET, without the body, and keeps no stream for it', async () => {
    for (const [path] of paths.filter(([, described]) => described.includes('GET'))) {
      const [head, get] = [await answer('HEAD', path), await answer('GET', path)];
      expect([path, head.status, head.headers]).toEqual([path, get.status, get.headers]);
      expect(head.body).toBeNull();
    }
    expect(agent.agent.events.listeners).toBe(0);
  });
});

/** Status and headers; a stream is ended. */
async function answer(method: string, path: string) {
  const { status, headers, body } = await agent.agent.app.request(path, { method });
  const isThere = body !== null;
  await body?.cancel();
  return { status, headers: Object.fromEntries(headers), body: isThere ? true : null };
}

describe('the body of each change', () => {
  const changes = () =>
    paths.flatMap(([path, has]) =>
      has.filter((method) => ['PUT', 'POST'].includes(method)).map((method): [string, string] => [method, path]),
    );

  it.each(['gzip', 'x-gzip', 'br', 'identity, gzip', 'aes128gcm', ''])('is not taken encoded: %j', async (coding) => {
    expect(changes().length).toBeGreaterThan(4);
    for (const [method, path] of changes()) {
      const { status, headers, body } = await agent.ask(method, path, {}, { 'content-encoding': coding });
      expect({
        status,
        code: body.code,
        errors: body.errors[0].pointer,
        taken: headers.get('accept-encoding'),
      }).toEqual({
        ...{ status: 415, code: 'CONTENT_ENCODING_UNSUPPORTED', errors: '/content-encoding', taken: 'identity' },
      });
      expect(body.detail).toMatch(/^content-encoding: expected no such header, or identity, got ("|none$)/);
    }
  });

  it.each([
    'text/plain',
    'application/jsonx',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    '',
  ])('is taken as JSON only: %j', async (type) => {
    for (const [method, path] of changes()) {
      const { status, headers, body } = await agent.ask(method, path, {}, { 'content-type': type });
      expect({ status, code: body.code, errors: body.errors[0].pointer, taken: headers.get('accept') }).toEqual({
        ...{ status: 415, code: 'CONTENT_TYPE_UNSUPPORTED', errors: '/content-type', taken: 'application/json' },
      });
    }
  });

  it('may be called identity, and JSON in any case', async () => {
    const headers = { 'content-encoding': 'Identity', 'content-type': 'Application/JSON; charset=utf-8' };
    expect((await agent.ask('POST', '/v1/plan', { rules: [] }, headers)).status).toBe(200);
  });
});
