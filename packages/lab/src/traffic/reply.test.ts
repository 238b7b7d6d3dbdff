import fc from 'fast-check';
import { expect, test } from 'vitest';
import { question, readReply } from './reply.ts';
import type { Ask } from './traffic.ts';

const ok = 'HTTP/1.1 200 OK\r\nx-vm: vm1\r\nContent-Length: 3\r\n\r\nvm1';

test.each<[string, Ask['protocol'], string, unknown]>([
  ['a line', 'tcp', 'vm1\n', { answer: { ok: true, vm: 'vm1' }, rest: '' }],
  ['a line and more', 'tcp', 'vm1\nvm', { answer: { ok: true, vm: 'vm1' }, rest: 'vm' }],
  [
    'a line that is no identity',
    'tcp',
    'HTTP/1.0 400 Bad request\r\n',
    { answer: { ok: false, error: 'garbled' }, rest: '' },
  ],
  ['a response', 'http', ok, { answer: { ok: true, vm: 'vm1' }, rest: '' }],
  [
    'a response that sets cookies',
    'http',
    ok.replace('x-vm', 'Set-Cookie: a=1; path=/\r\nset-cookie: b=\r\nx-vm'),
    { answer: { ok: true, vm: 'vm1', cookies: { a: '1', b: '' } }, rest: '' },
  ],
  ['two responses', 'http', ok + ok, { answer: { ok: true, vm: 'vm1' }, rest: ok }],
  [
    "HAProxy's 503, without a body yet",
    'http',
    'HTTP/1.0 503 Service Unavailable\r\n\r\n',
    { answer: { ok: false, error: 'http-503' }, rest: '' },
  ],
  [
    'a response without length',
    'http',
    'HTTP/1.1 200 OK\r\n\r\nvm1',
    { answer: { ok: false, error: 'garbled' }, rest: '' },
  ],
  ['no HTTP', 'http', 'vm1\r\n\r\n', { answer: { ok: false, error: 'garbled' }, rest: '' }],
])('%s', (_, protocol, input, expected) => {
  expect(readReply(protocol, input)).toEqual(expected);
});

test('a reply that is cut anywhere is not complete', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<[Ask['protocol'], string]>(['tcp', 'vm1\n'], ['http', ok]),
      fc.nat(),
      ([protocol, text], n) => {
        expect(readReply(protocol, text.slice(0, n % text.length))).toBeUndefined();
      },
    ),
  );
});

test('a question carries the client’s cookies, and may begin a session', () => {
  const ask: Ask = { client: '198.18.0.1', ip: '10.0.53.2', port: 80, protocol: 'http' };
  const head = 'HTTP/1.1\r\nHost: 10.0.53.2\r\n';
  expect(question(ask)).toBe(`GET / ${head}\r\n`);
  expect(question({ ...ask, cookies: { a: '1', b: '2' }, session: 'session' })).toBe(
    `GET /session ${head}Cookie: a=1; b=2\r\n\r\n`,
  );
  expect(question({ ...ask, protocol: 'tcp', cookies: { a: '1' } })).toBe('who\n');
});
