import type { RuleRecord, Stickiness } from '@limpet/contract';

export const sourceBased: Stickiness = { method: 'SourceBased', tableSize: 204_800, expireSeconds: 1800 };

export const appCookie: Stickiness = {
  method: 'AppCookie',
  cookieName: 'JSESSIONID',
  length: 52,
  holdTimeSeconds: 10_800,
  requestLearn: false,
};

/** A rule with what a test does not care for. Members differ by port, so that no two rules share a server line. */
export function aRule(overrides: Partial<RuleRecord> = {}): RuleRecord {
  const port = overrides.port ?? 8080;
  return {
    ip: '10.0.53.2',
    port,
    protocol: 'tcp',
    algorithm: 'roundrobin',
    cidrs: [],
    stickiness: { method: 'none' },
    members: [1, 2].map((n) => ({ vm: `vm-${port}-${n}`, ip: `10.1.1.${10 + n}`, port: 80, state: 'serving' })),
    ...overrides,
  };
}
