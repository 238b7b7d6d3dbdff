import { expect, test } from 'vitest';
import { readProxyHeader } from './proxy-header.ts';

test.each<[string, ReturnType<typeof readProxyHeader>]>([
  ['PROXY TCP4 198.18.0.1 10.0.53.2 40000 80\r\nwho\n', { source: '198.18.0.1', rest: Buffer.from('who\n') }],
  ['PROXY UNKNOWN\r\n', { source: undefined, rest: Buffer.from('') }],
  ['PROXY TCP4 198.18.0.1', undefined],
  ['PROPFIND / HTTP/1.1\r\n', undefined],
  ['who\n', undefined],
])('%j', (first, header) => {
  expect(readProxyHeader(Buffer.from(first))).toEqual(header);
});
