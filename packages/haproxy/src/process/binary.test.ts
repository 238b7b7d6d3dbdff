import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { haproxyBinary } from './binary.ts';

test.each([
  ['/opt/haproxy-2.4/haproxy', '/opt/haproxy-2.4/haproxy'],
  ['./haproxy', resolve('haproxy')],
  ['haproxy-2.4', 'haproxy-2.4'],
  ['', 'haproxy'],
  [undefined, 'haproxy'],
])('LIMPET_HAPROXY=%s runs %s', (named, binary) => {
  expect(haproxyBinary({ LIMPET_HAPROXY: named })).toBe(binary);
});
