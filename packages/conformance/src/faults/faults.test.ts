import type { DataPlane } from '@limpet/data-plane';
import type { Router } from '@limpet/router';
import { describe, expect, it } from 'vitest';
import { injectFault, outOfScope, ROUTER_FAULTS } from './faults.ts';

describe('the catalogue of router faults', () => {
  it('has a name once, a sentence, a source and an invariant for each', () => {
    const names = ROUTER_FAULTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, sentence, upstream, invariant } of ROUTER_FAULTS) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(upstream.length).toBeGreaterThan(0);
      expect(invariant).toMatch(/^B([1-9]|1\d|2[0-6])$/);
    }
  });

  it('says why others are out of scope', () => {
    for (const { upstream, sentence, reason } of outOfScope) {
      expect(upstream.length).toBeGreaterThan(0);
      expect(sentence).toMatch(/\.$/);
      expect(reason).not.toBe('');
    }
  });

  it("opens Limpet's router with a fault of it, and names the faults for any other name", async () => {
    const router = {} as Router;
    const own = ROUTER_FAULTS.filter((fault) => fault.router === 'haproxy');
    for (const { name } of own) {
      expect(
        await injectFault(
          name,
          async () => router,
        )({ files: {}, stateStore: {}, haproxy: {}, packetFilter: {} } as DataPlane),
      ).toBeDefined();
    }
    expect(() => injectFault('cloudstack-no-peers', async () => router)).toThrow(
      /is no fault of Limpet's router; there are/,
    );
  });
});
