import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixture } from '../../testing/fixture.ts';
import { HaproxyError } from '../errors.ts';
import { capabilitiesOf, requireCapability } from './capabilities.ts';
import { readVersion } from './read-version.ts';

test('haproxy -vv names the version and the build features', () => {
  const { text, branch, features } = readVersion(fixture('haproxy-vv'));
  expect({ text, branch }).toEqual({ text: '2.6.12-1+deb12u4', branch: '2.6' });
  expect(['OPENSSL', 'QUIC'].map((name) => features?.has(name))).toEqual([true, false]);
});

test('show info and show version name the version', () => {
  const version = { text: '2.6.12-1+deb12u4', branch: '2.6' };
  expect(readVersion(fixture('show-info'))).toEqual(version);
  expect(readVersion('2.6.12-1+deb12u4\n')).toEqual(version);
});

// The first line of `haproxy -v`: 2.4 dropped the dash of "HA-Proxy", development versions have one before "dev".
test.each([
  ['HA-Proxy version 2.2.9-2+deb11u6 2023/12/06 - https://haproxy.org/', '2.2'],
  ['HAProxy version 2.4.24-0ubuntu0.22.04.2 2025/10/01 - https://haproxy.org/', '2.4'],
  ['HAProxy version 2.8.5-1ubuntu3.4 2025/10/01 - https://haproxy.org/', '2.8'],
  ['HAProxy version 3.0.5-8e879a5 2024/09/19 - https://haproxy.org/', '3.0'],
  ['HAProxy version 3.2-dev5-9d3a4ad 2025/02/08 - https://haproxy.org/', '3.2'],
])('%s', (line, branch) => {
  expect(readVersion(`${line}\nStatus: ...\n`).branch).toBe(branch);
});

test.each(['', 'Unknown command\n', 'haproxy: command not found', 'nginx version: nginx/1.22.1'])(
  '%j names no version',
  (text) => {
    expect(() => readVersion(text)).toThrowError(expect.objectContaining({ code: 'HAPROXY_UNEXPECTED_OUTPUT' }));
  },
);

const at = (text: string) => capabilitiesOf(readVersion(text));

test('what each branch can do', () => {
  const gained = [
    ['2.2.9', 'sslCertificates'],
    ['2.4.24', 'conditionalLines', 'globalVariables', 'mapTransactions'],
    ['2.6.12', 'dynamicServers', 'failedReloads', 'httpClient'],
    ['2.8.5', 'masterReloadResult'],
    ['3.0.5', 'dynamicServerCookies', 'statsFile', 'waitCommand'],
    ['3.2.0', 'httpPause'],
  ] as const;
  let before: ReadonlySet<string> = new Set();
  for (const [version, ...more] of gained) {
    const { supported } = at(version);
    expect([version, ...supported.difference(before)].sort()).toEqual([version, ...more].sort());
    before = supported;
  }
});

test('a branch between two known ones counts as the older, a newer one as the newest, both with a note', () => {
  expect(at('2.6.12')).not.toHaveProperty('note');
  expect(at('2.7.1')).toMatchObject({ treatedAs: '2.6', note: expect.stringContaining('treated as 2.6') });
  expect(at('2.10.1').treatedAs).toBe('2.8');
  expect(at('3.4-dev1')).toMatchObject({ treatedAs: '3.2', note: expect.stringContaining('3.4-dev1') });
  expect(at('3.4.0').supported).toEqual(at('3.2.5').supported);
});

test('an older one is refused', () => {
  expect(() => at('HA-Proxy version 1.8.19-1+deb10u5 2023/12/06\n')).toThrowError(
    expect.objectContaining({ code: 'HAPROXY_VERSION', message: expect.stringContaining('2.2') }),
  );
});

test('what it cannot do is refused by name, with the version that could', () => {
  requireCapability(at('2.6.12'), 'dynamicServers');
  expect(() => requireCapability(at('2.6.12'), 'waitCommand')).toThrowError(/2\.6\.12 has no "wait .*needs 3\.0/);
});

test('a build without OpenSSL has no certificates', () => {
  const bare = capabilitiesOf(readVersion(fixture('haproxy-vv').replace('+OPENSSL', '-OPENSSL')));
  expect(bare.supported.has('sslCertificates')).toBe(false);
  expect(() => requireCapability(bare, 'sslCertificates')).toThrowError(/built with OPENSSL/);
});

test('newer versions can do no less', () => {
  const branch = fc.tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 12 }));
  fc.assert(
    fc.property(branch, branch, (one, other) => {
      const [older, newer] = [one, other]
        .sort(([a, b], [c, d]) => a - c || b - d)
        .map((pair) => at(`${pair.join('.')}.1`));
      expect(older!.supported.isSubsetOf(newer!.supported)).toBe(true);
    }),
  );
});

test('any text names a version that is known, or is a typed error', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'HAProxy version: 2.6\n-0'.split('')) }), (text) => {
      try {
        at(text);
      } catch (error) {
        expect(error).toBeInstanceOf(HaproxyError);
      }
    }),
  );
});
