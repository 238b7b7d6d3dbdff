import { describe, expect, it } from 'vitest';
import { limitsIn, limitsOf } from './limits.ts';

const rule = {
  ip: '203.0.113.10',
  port: 80,
  protocol: 'http' as const,
  algorithm: 'roundrobin' as const,
  cidrs: [],
  stickiness: { method: 'none' as const },
  members: [],
};

describe('limits', () => {
  it('of a rule and of its section are the same words', () => {
    const said = limitsOf({ ...rule, timeouts: { clientMs: 7000 }, maxConnections: 50, keepAlive: false });
    expect(said).toBe('timeout client 7000 ms, 50 connections, no keep-alive');
    expect(limitsIn('listen a\n  timeout client 7s\n  option httpclose\n  maxconn 50')).toBe(said);
  });

  it('that a rule leaves to the router are none', () => {
    expect(limitsOf(rule)).toBe('none');
    expect(limitsIn('listen a\n  mode tcp\n  maxconn 4096')).toBe('none');
  });

  it('see a time that is another, and a health check that is missing', () => {
    const check = { intervalMs: 5000, timeoutMs: 1000, healthyThreshold: 2, unhealthyThreshold: 3 };
    expect(limitsOf({ ...rule, healthCheck: check })).toBe('checks every 5000 ms');
    expect(limitsIn('listen a\n  default-server check inter 2s rise 2')).not.toBe('checks every 5000 ms');
    expect(limitsIn('listen a\n  timeout server 8000')).toBe('timeout server 8000 ms');
  });
});
