import { describe, expect, it } from 'vitest';
import { admits, canonicalNetwork } from './cidr.ts';

describe('canonicalNetwork', () => {
  it.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['192.168.255.255/17', '192.168.128.0/17'],
    ['203.0.113.7/32', '203.0.113.7/32'],
    ['1.2.3.4/0', '0.0.0.0/0'],
  ])('takes the host bits of %s away', (cidr, network) => {
    expect(canonicalNetwork(cidr)).toBe(network);
  });
});

describe('admits', () => {
  it.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['200.1.2.3/32', '200.1.2.3', true],
    ['0.0.0.0/0', '255.255.255.255', true],
  ])('%s, %s: %s', (cidr, ip, expected) => {
    expect(admits([cidr], ip)).toBe(expected);
  });
});
