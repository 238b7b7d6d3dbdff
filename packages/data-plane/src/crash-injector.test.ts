import { describe, expect, it } from 'vitest';
import { CrashInjector } from './crash-injector.ts';
import { createMemoryDataPlane } from './memory/data-plane.ts';

const open = () => {
  const dataPlane = createMemoryDataPlane({ localAddresses: ['203.0.113.10'] });
  const injector = new CrashInjector();
  return { dataPlane, injector, guarded: injector.guard(dataPlane) };
};

describe('a crash injector', () => {
  it('lets calls through, and is idle when none is under way', async () => {
    const { dataPlane, injector, guarded } = open();
    const order: string[] = [];
    void guarded.files.write('/a', 'text').then(() => order.push('written'));
    await injector.idle();
    expect([...order, await dataPlane.files.read('/a')]).toEqual(['written', 'text']);
  });

  it('never answers a router that has crashed', async () => {
    const { dataPlane, injector, guarded } = open();
    const order: string[] = [];
    void guarded.files.write('/a', 'text').then(() => order.push('answered'));
    await injector.kill();
    void guarded.files.write('/b', 'text').then(() => order.push('answered'));
    await injector.idle();
    expect([order, await dataPlane.files.read('/a'), await dataPlane.files.read('/b')]).toEqual([
      [],
      'text',
      undefined,
    ]);
  });

  it('lets nobody be woken who has crashed', async () => {
    const { dataPlane, injector, guarded } = open();
    const woken: string[] = [];
    guarded.clock.after(10, () => woken.push('before'));
    guarded.clock.after(30, () => woken.push('too late'));
    await dataPlane.clock.sleep(20);
    await injector.kill();
    const cancel = guarded.clock.after(5, () => woken.push('too late'));
    await dataPlane.clock.sleep(20);
    cancel();
    expect(woken).toEqual(['before']);
  });

  it('crashes a router right after a call', async () => {
    const { dataPlane, injector, guarded } = open();
    const crashed = injector.crashAfter(2);
    void (async () => {
      for (const name of ['/a', '/b', '/c']) await guarded.files.write(name, 'text');
    })();
    await crashed;
    expect([await dataPlane.files.read('/b'), await dataPlane.files.read('/c')]).toEqual(['text', undefined]);
  });
});
