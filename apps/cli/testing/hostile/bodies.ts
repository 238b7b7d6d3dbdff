import type { HostileRequest } from './hostile-requests.ts';

const address = '/v1/rules/203.0.113.10:80';

const send = (method: string, path: string, body: string): HostileRequest => ({
  ...{ method, path, body },
  headers: { 'content-type': 'application/json', 'if-match': '*' },
});
const list = (of: string, length: number): string => `[${`${of},`.repeat(length - 1)}${of}]`;
const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** Bodies that cost more to read, to check or to answer than they cost to send; with the code that refuses each. */
export const largeBodies = (): [code: string, request: HostileRequest][] => [
  ['BODY_TOO_LARGE', send('PUT', address, `{"protocol":"${'x'.repeat(17 * 1024 * 1024)}"}`)],
  ['BODY_INVALID', send('PUT', address, `{"protocol":"${'x'.repeat(15 * 1024 * 1024)}"}`)],
  ['BODY_INVALID', send('PUT', address, `{"${'x'.repeat(8 * 1024 * 1024)}":1}`)],
  ['BODY_INVALID', send('PUT', '/v1/rules', `{"rules":${list('0', 900_000)}}`)],
  ['BODY_INVALID', send('PUT', '/v1/rules', `{"rules":${list('{}', 400_000)}}`)],
  ['BODY_INVALID', send('POST', '/v1/plan', `{"rules":${list(`{"members":${list('{}', 9_000)}}`, 50)}}`)],
  ['BODY_INVALID', send('PUT', address, `{"members":${list('{}', 400_000)}}`)],
  ['BODY_INVALID', send('PUT', address, `{"timeouts":${list('[[[]]]', 200_000)}}`)],
  [
    'BODY_INVALID',
    send('POST', '/v1/commands', `{"type":"syncRules","snapshot":{"revision":1,"rules":${list('{}', 400_000)}}}`),
  ],
  ['BODY_INVALID', send('POST', '/v1/commands', `{"type":${list('{}', 400_000)}}`)],
  ['DATABAG_INVALID', send('POST', '/v1/databag', `{"config":${list('{}', 400_000)}}`)],
  ['BODY_TOO_LARGE', send('POST', '/v1/databag', `{"config":${list('{}', 5_000_000)}}`)],
  ['BODY_TOO_LARGE', send('PUT', address, `{"members":${list('0', 8_000_000)}}`)],
  ['BODY_TOO_DEEP', send('POST', '/v1/databag', `{"config":${deep(400_000)}}`)],
  ['BODY_TOO_DEEP', send('PUT', '/v1/rules', `{"rules":${deep(400_000)}}`)],
];
