import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ServedPage } from './loopback.ts';
import { proxyPage } from './proxy-page.ts';

let folder: string;
let server: Server;
let page: ServedPage;
let asked: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-proxy-'));
  asked = [];
  server = createServer((from, answer) => {
    asked.push(`${from.method} ${from.url} ${from.headers.authorization ?? ''} ${from.headers['last-event-id'] ?? ''}`);
    answer.writeHead(from.url === '/inspect/gone' ? 404 : 200, { 'content-type': 'text/x', 'x-limpet-run': 'live' });
    answer.write('one');
    if (from.url !== '/inspect/feed') answer.end();
  });
  const socketPath = join(folder, 'agent.sock');
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  page = await proxyPage({ socketPath, folder: '/inspect' });
});
afterEach(async () => {
  await page.close();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

/** Asks with headers and paths that `fetch` would put right. */
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: new URL(page.address).port, path, headers, method }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });

it('passes on what reads the page, with the place in the feed, and no credentials', async () => {
  const answer = await fetch(`${page.address}document.json?x=1`, {
    headers: { 'last-event-id': 's.7', authorization: 'Bearer x', cookie: 'y' },
  });
  expect([answer.status, await answer.text(), answer.headers.get('x-limpet-run')]).toEqual([200, 'one', 'live']);
  expect(await ask('/gone')).toBe(404);
  expect(asked).toEqual(['GET /inspect/document.json?x=1  s.7', 'GET /inspect/gone  ']);
});

it('lets nothing else through', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect(await ask('/', {}, method)).toBe(405);
  expect(await ask('/', { host: 'evil.example' })).toBe(403);
  expect(asked).toEqual([]);
  for (const path of ['/../v1/rules', '/%2e%2e/v1/rules', '/a/../../v1/rules', '//evil.example/v1/rules', '/.%2e/x'])
    await ask(path);
  expect(asked.filter((line) => !line.startsWith('GET /inspect/'))).toEqual([]);
  expect(asked.join()).not.toMatch(/\.\.|%2e/i);
});

it('ends the question when the browser has gone, and says when nobody answers', async () => {
  const gone = new AbortController();
  const closed = new Promise<void>((resolve) => {
    server.once('request', (_, answer) => answer.on('close', resolve));
  });
  const answer = await fetch(`${page.address}feed`, { signal: gone.signal });
  expect(answer.status).toBe(200);
  gone.abort();
  await closed;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const after = await fetch(page.address);
  expect([after.status, await after.text()]).toEqual([502, expect.stringContaining('run limpet inspect again')]);
});
