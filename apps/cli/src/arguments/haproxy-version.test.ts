import { describe, expect, it } from 'vitest';
import { requireVersion } from './haproxy-version.ts';

describe('the version of the HAProxy in memory', () => {
  it.each(['2.2.9', '2.4.24', '3.2.0'])('may be %s', (version) => {
    expect(() => requireVersion(version, 'haproxy', 'memory')).not.toThrow();
  });

  it.each([
    ['2.4', 'haproxy', 'memory', 'USAGE', 'give a version such as 2.4.24'],
    ['2.4.24', 'haproxy', 'real', 'USAGE', '--haproxy-version is for --data-plane memory'],
    ['2.4.24', 'memory', 'memory', 'USAGE', 'the router memory has no HAProxy'],
    ['1.8.19', 'cloudstack', 'memory', 'HAPROXY_VERSION', 'older than 2.2'],
  ] as const)('is refused: %s, router %s on %s', (version, router, dataPlane, code, message) => {
    expect(() => requireVersion(version, router, dataPlane)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});
