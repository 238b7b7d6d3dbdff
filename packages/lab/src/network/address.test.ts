import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkAddress, contains, parseNetwork } from './address.ts';

const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));

function bits(address: readonly number[]): string {
  return address.map((octet) => octet.toString(2).padStart(8, '0')).join('');
}

function masked(address: readonly number[], length: number): string {
  const kept = bits(address).slice(0, length).padEnd(32, '0');
  return [0, 8, 16, 24].map((start) => Number.parseInt(kept.slice(start, start + 8), 2)).join('.');
}

test('a network holds an address exactly when their first n bits agree', () => {
  fc.assert(
    fc.property(octets, octets, fc.integer({ min: 1, max: 32 }), fc.boolean(), (a, other, length, near) => {
      const b = near ? [a[0], a[1], a[2], other[3]] : other;
      const network = parseNetwork('n', `${masked(a, length)}/${length}`);
      expect(contains(network, b.join('.'))).toBe(bits(a).slice(0, length) === bits(b).slice(0, length));
    }),
  );
});

test.each([
  '',
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0.0/0',
  '10.0.0.0/8/8',
  '10.0.0.0/ 8',
  '10.0.0.1/8',
  '10.0.0/8',
  'fe80::/10',
])("'%s' is not a network, and the error names the field", (text) => {
  expect(() => parseNetwork('clientNetworks', text)).toThrow(
    expect.objectContaining({ code: 'LAB_BAD_ADDRESS', message: expect.stringContaining(`clientNetworks: '${text}'`) }),
  );
});

test.each(['', '10.0.0.256', '10.0.0.1\n', '::1', 'localhost'])("'%s' is not an address", (text) => {
  expect(() => checkAddress('gateway', text)).toThrow(expect.objectContaining({ code: 'LAB_BAD_ADDRESS' }));
});
