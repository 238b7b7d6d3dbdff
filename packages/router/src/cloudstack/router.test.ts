import type { CommandResult, RuleRecord } from '@limpet/contract';
import { commandResultSchema } from '@limpet/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { aRule, sourceBased } from '../../testing/cloudstack-rules.ts';
import { type FakeDataPlane, fakeDataPlane } from '../../testing/fake-data-plane.ts';
import type { Router } from '../router.ts';
import { versions } from './known-defects.ts';
import { type CloudStackRouterOptions, createCloudStackRouter, defaultPaths } from './router.ts';

let plane: FakeDataPlane;
let generation: number;
beforeEach(() => {
  plane = fakeDataPlane();
  generation = 0;
});

function create(options: Omit<CloudStackRouterOptions, 'dataPlane'> = {}): Promise<Router> {
  return createCloudStackRouter({ dataPlane: plane, ...options });
}

function put(router: Router, rule: RuleRecord): Promise<CommandResult> {
  generation += 1;
  return router.putRule({ type: 'putRule', rule, generation });
}

const sticky = (rule: RuleRecord): RuleRecord => ({ ...rule, stickiness: sourceBased });
const servesSticky = (port: number) =>
  plane
    .serving()
    ?.split('\nlisten ')
    .some((section) => section.startsWith(`10_0_53_2-${port}\n`) && section.includes('stick on src'));

describe("CloudStack 4.19.1's router", () => {
  it('answers success and knows nothing of the data plane', async () => {
    const router = await create();
    const result = await put(router, aRule());
    expect(commandResultSchema.parse(result)).toEqual(result);
    expect(result).toMatchObject({
      outcome: 'applied',
      rules: [
        {
          key: { ip: '10.0.53.2', port: 8080 },
          generation: 1,
          conditions: [
            { type: 'Accepted', status: 'True' },
            { type: 'Programmed', status: 'True' },
            { type: 'InForce', status: 'Unknown', reason: 'NotVerified' },
          ],
        },
      ],
    });
    expect(await router.reportRules({ type: 'reportRules' })).toEqual(result);
  });

  it('starts HAProxy with the first rule, and reloads it with the next', async () => {
    const router = await create();
    await put(router, aRule());
    expect(router.stats()).toEqual({ reloads: 0, runtimeOps: 0 });
    await put(router, aRule({ port: 8081 }));
    expect(router.stats()).toEqual({ reloads: 1, runtimeOps: 0 });
    expect(plane.serving()).toBe(plane.file(defaultPaths.config));
    expect(plane.serving()).toContain('listen 10_0_53_2-8081\n\tbind 10.0.53.2:8081\n');
    await router.close();
    expect(plane.serving()).toBeUndefined();
  });

  it('stores the databag, and the new file beside the live one', async () => {
    const router = await create();
    await put(router, aRule());
    expect(JSON.parse(plane.file(defaultPaths.databag)!)).toMatchObject({
      config: [{ add_rules: ['10.0.53.2:8080:'] }],
      id: 'loadbalancer',
    });
    expect(plane.file(`${defaultPaths.config}.new`)).toBe(plane.file(defaultPaths.config));
  });

  it('loses a stickiness change when another rule is sticky already (apache/cloudstack#9583)', async () => {
    const router = await create();
    await put(router, sticky(aRule({ port: 8080 })));
    await put(router, aRule({ port: 8081 }));
    const { reloads } = router.stats();
    const result = await put(router, sticky(aRule({ port: 8081 })));
    expect(result.outcome).toBe('applied');
    expect(router.stats().reloads).toBe(reloads);
    expect(servesSticky(8081)).toBe(false);
    await put(router, { ...sticky(aRule({ port: 8081 })), members: [] });
    await put(router, sticky(aRule({ port: 8081 })));
    expect(servesSticky(8081)).toBe(true);
  });

  it('applies the same change when the rule is alone', async () => {
    const router = await create();
    await put(router, aRule());
    await put(router, sticky(aRule()));
    expect(servesSticky(8080)).toBe(true);
  });

  it('goes on with an old worker when HAProxy rejects a rule, says nothing and does not retry', async () => {
    plane.verdict = (config) => (config.includes(':53\n') ? 'cannot bind socket' : undefined);
    const router = await create();
    await put(router, aRule());
    const good = plane.serving();
    const poison = await put(router, aRule({ port: 53 }));
    expect(poison.outcome).toBe('applied');
    expect(plane.file(defaultPaths.config)).toContain(':53\n');
    const checks = plane.checks();
    await put(router, aRule({ port: 53 }));
    expect(plane.checks()).toBe(checks);
    const blocked = await put(router, aRule({ port: 8081 }));
    expect(blocked.outcome).toBe('applied');
    expect(plane.serving()).toBe(good);
    expect(router.stats().reloads).toBe(0);
    await router.removeRule({ type: 'removeRule', key: { ip: '10.0.53.2', port: 53 }, generation: ++generation });
    expect(plane.serving()).toContain(':8081\n');
  });

  it('stays down when the first config is rejected', async () => {
    plane.verdict = () => 'no';
    const router = await create();
    expect((await put(router, aRule())).outcome).toBe('applied');
    plane.verdict = () => undefined;
    await put(router, aRule());
    expect(plane.serving()).toBeUndefined();
  });

  it('opens and closes the port in INPUT with the rule', async () => {
    const router = await create();
    await put(router, aRule());
    await put(router, aRule({ port: 8081 }));
    expect(plane.input).toHaveLength(2);
    await router.removeRule({ type: 'removeRule', key: { ip: '10.0.53.2', port: 8080 }, generation: ++generation });
    expect(plane.input).toEqual(['-A INPUT -d 10.0.53.2/32 -p tcp -m tcp --dport 8081 -m state --state NEW -j ACCEPT']);
  });

  it('lets the last command win', async () => {
    const router = await create();
    await router.putRule({ type: 'putRule', rule: sticky(aRule()), generation: 2 });
    const result = await router.putRule({ type: 'putRule', rule: aRule(), generation: 1 });
    expect(result.outcome).toBe('applied');
    expect(servesSticky(8080)).toBe(false);
  });

  it('replaces everything on a full set', async () => {
    const router = await create();
    await put(router, aRule());
    const snapshot = { rules: [{ rule: aRule({ port: 8081 }), generation: 2 }], revision: 2 };
    const result = await router.syncRules({ type: 'syncRules', snapshot });
    expect(result.rules.map((rule) => rule.key.port)).toEqual([8081]);
    expect(plane.serving()).not.toContain('10_0_53_2-8080');
  });

  it('dates a rule from its creation, and anew after its removal', async () => {
    const router = await create();
    const time = (result: CommandResult) => result.rules[0]?.conditions[0]?.lastTransitionTime;
    await put(router, aRule());
    plane.clock.now = () => 1_727_000_001_000;
    expect(time(await put(router, aRule()))).toBe('2024-09-22T10:13:20.000Z');
    await router.removeRule({ type: 'removeRule', key: { ip: '10.0.53.2', port: 8080 }, generation: ++generation });
    expect(time(await put(router, aRule()))).toBe('2024-09-22T10:13:21.000Z');
  });

  it('converges one command after the other, and goes on after a failure', async () => {
    const router = await create();
    const { write } = plane.files;
    plane.files.write = () => Promise.reject(new Error('no space left on device'));
    const failing = put(router, aRule());
    const waiting = put(router, aRule({ port: 8081 }));
    await expect(failing).rejects.toThrow('no space left on device');
    await expect(waiting).rejects.toThrow('no space left on device');
    plane.files.write = write;
    const results = await Promise.all([8080, 8081, 8082].map((port) => put(router, aRule({ port }))));
    expect(results.map((result) => result.outcome)).toEqual(['applied', 'applied', 'applied']);
    expect(plane.serving()?.match(/^listen /gm)).toHaveLength(3);
  });
});

describe('the version 4.20.0', () => {
  it('sees every change', async () => {
    const router = await create({ version: '4.20.0' });
    await put(router, sticky(aRule({ port: 8080 })));
    await put(router, aRule({ port: 8081 }));
    await put(router, sticky(aRule({ port: 8081 })));
    expect(servesSticky(8081)).toBe(true);
  });

  it('differs from 4.19.1 in the comparison only', () => {
    expect(versions['4.20.0']).toEqual({ ...versions['4.19.1'], lineSetCompare: false });
  });
});

describe('with every deviation off', () => {
  it('refuses a rule that HAProxy rejects, takes it back, and goes on', async () => {
    plane.verdict = (config) => (config.includes(':53\n') ? 'cannot bind socket' : undefined);
    const router = await create({ version: 'fixed' });
    await put(router, aRule());
    const poison = await put(router, aRule({ port: 53 }));
    expect(poison).toMatchObject({
      outcome: 'refused',
      rules: [
        {
          generation: 2,
          observedGeneration: 0,
          conditions: [
            { type: 'Accepted', status: 'False' },
            { type: 'Programmed', status: 'False' },
          ],
        },
      ],
    });
    expect(commandResultSchema.parse(poison)).toEqual(poison);
    const report = await router.reportRules({ type: 'reportRules' });
    expect(report.rules.find(({ key }) => key.port === 53)).toEqual(poison.rules[0]);
    const late = await router.putRule({ type: 'putRule', rule: aRule({ port: 53 }), generation: 1 });
    expect(late.outcome).toBe('superseded');
    expect(plane.file(defaultPaths.config)).not.toContain(':53\n');
    expect(plane.input).toHaveLength(1);
    expect((await put(router, aRule({ port: 8081 }))).outcome).toBe('applied');
    expect(plane.serving()).toContain(':8081\n');
  });

  it('says when HAProxy does not come up, and tries again', async () => {
    const { start } = plane.haproxy;
    plane.haproxy.start = () => Promise.reject(new Error('HAProxy did not come up'));
    const router = await create({ version: 'fixed' });
    expect(await put(router, aRule())).toMatchObject({ outcome: 'refused' });
    plane.haproxy.start = start;
    expect((await put(router, aRule())).outcome).toBe('applied');
    expect(plane.serving()).toBeDefined();
  });

  it('puts the last configuration back when HAProxy does not come up with the next', async () => {
    const router = await create({ version: 'fixed' });
    await put(router, aRule());
    const last = plane.file(defaultPaths.config);
    await plane.haproxy.stop();
    plane.haproxy.start = () => Promise.reject(new Error('HAProxy did not come up'));
    expect(await put(router, aRule({ port: 8081 }))).toMatchObject({ outcome: 'refused' });
    expect(plane.file(defaultPaths.config)).toBe(last);
  });

  it('names servers after VMs and keeps stick tables over a reload', async () => {
    const router = await create({ version: 'fixed' });
    await put(router, sticky(aRule()));
    expect(plane.serving()).toContain('\tserver vm-8080-1 10.1.1.11:80 check weight 1\n');
    expect(plane.serving()).toContain('expire 30m peers lb\n');
  });

  it('supersedes what is old', async () => {
    const router = await create({ version: 'fixed' });
    await router.putRule({ type: 'putRule', rule: sticky(aRule()), generation: 2 });
    const result = await router.putRule({ type: 'putRule', rule: aRule(), generation: 1 });
    expect(result).toMatchObject({ outcome: 'superseded', rules: [{ generation: 2 }] });
    expect(servesSticky(8080)).toBe(true);
  });
});

it('restarts instead of reloading where the switch says so', async () => {
  const router = await create({ knownDefects: { restartInsteadOfReload: true } });
  await put(router, aRule());
  plane.haproxy.signalReload = () => Promise.reject(new Error('not expected'));
  await put(router, aRule({ port: 8081 }));
  expect(plane.serving()).toContain(':8081\n');
  expect(router.stats().reloads).toBe(1);
});
