import { describe, expect, it } from 'vitest';
import { history } from '../../testing/history.ts';
import { conform } from '../run/conform.ts';

/** All in CI but Debian 12's, which other tests play; on a person's machine the one that can do least. */
const versions = process.env.CI === 'true' ? ['2.2.9', '2.4.24', '2.8.5', '3.0.5', '3.2.0'] : ['2.2.9'];

describe.each(versions)('with HAProxy %s', (haproxyVersion) => {
  it("finds Limpet's router as it must be in all stories and changes", async () => {
    const result = await conform({
      router: 'haproxy',
      dataPlane: 'memory',
      suites: ['stories', 'changes'],
      goals: 'router',
      workers: 2,
      haproxyVersion,
    });
    expect(result.suites.flatMap(history)).toEqual([]);
    const changes = result.suites.at(-1)!;
    expect(changes).toMatchObject({ suite: 'changes', covered: changes.goals });
    expect(result.taken['add-server'] > 0).toBe(!/^2\.[24]\./.test(haproxyVersion));
  }, 3_600_000);
});
