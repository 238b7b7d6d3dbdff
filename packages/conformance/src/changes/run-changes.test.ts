import { describe, expect, it } from 'vitest';
import { history } from '../../testing/history.ts';
import { conform } from '../run/conform.ts';
import { parseReplay, replayPath } from '../run/replay-path.ts';
import { SUITES } from '../suites/suites.ts';

const options = { dataPlane: 'memory', suites: ['changes'], goals: 'router', workers: 2 } as const;

describe('the suite changes', () => {
  it("finds Limpet's router as it must be, every goal met, and most of it at run time", async () => {
    // After other suites: their routers are gone then.
    const all = await conform({ ...options, suites: SUITES, router: 'haproxy' });
    expect(all.atRuntime).toBeGreaterThan(0.5);
    const changes = all.suites.at(-1);
    expect(history(changes!)).toEqual([]);
    expect(changes).toMatchObject({ suite: 'changes', covered: changes!.goals });
    expect(changes!.atRuntime).toBeGreaterThan(0.5);
  }, 3_600_000);

  it('finds a fault, and makes the path to it short, which fails again', async () => {
    const [changes] = (await conform({ ...options, router: 'haproxy', bug: 'weight-ignored' })).suites;
    const [failure] = changes!.failures;
    expect(failure!.path.length).toBeLessThanOrEqual(3);
    expect(failure!.sentences.join()).toContain('weight');
    const again = await replayPath(parseReplay(JSON.stringify(failure!.replay)));
    expect(again?.sentences).toEqual(failure!.sentences);
  }, 3_600_000);

  it('is not played on routers that have no such steps', async () => {
    expect((await conform({ ...options, router: 'memory' })).suites).toEqual([]);
  });
});
