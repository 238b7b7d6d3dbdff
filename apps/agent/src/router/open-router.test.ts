import { createMemoryDataPlane, interceptCalls } from '@limpet/data-plane';
import { rule } from '@limpet/operations/testing';
import { defaultSettings, haproxySettingsOf } from '@limpet/router';
import { expect, it } from 'vitest';
import { ip, vms } from '../../testing/agents.ts';
import { OpenRouter } from './open-router.ts';

const settings = haproxySettingsOf(defaultSettings);
const members = vms.map((vm) => ({ ...vm, state: 'serving' as const }));
const put = { type: 'putRule' as const, generation: 1, rule: rule({ ip, port: 80, members }) };

/** A router whose first start of HAProxy waits until it is let go. */
async function openHeld() {
  const memory = createMemoryDataPlane({ localAddresses: [ip] });
  await memory.vms.start(vms);
  let letGo = (): void => {};
  let starts = (): void => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const starting = new Promise<void>((resolve) => {
    starts = resolve;
  });
  const dataPlane = interceptCalls(memory, async ({ method }, proceed) => {
    if (method === 'start') {
      starts();
      await held;
    }
    return proceed();
  });
  const router = await OpenRouter.open({ dataPlane, dir: '/limpet' }, settings, { drainDeadlineMs: 0 });
  return { router, letGo, starting };
}

it('answers a command that waits while HAProxy is told other settings', async () => {
  const { router, letGo, starting } = await openHeld();
  const waiting = router.send(put);
  await starting;
  const told = router.use({ ...settings, maxConnections: 6000 });
  letGo();
  await told;
  expect(await waiting).toMatchObject({ outcome: 'applied', rules: [{ observedGeneration: 1 }] });
  expect(router.isTold({ ...settings, maxConnections: 6000 })).toBe(true);
  await router.detach();
});

it('keeps the former settings, and answers what waits, when HAProxy does not take others', async () => {
  const { router, letGo, starting } = await openHeld();
  const waiting = router.send(put);
  await starting;
  const peers = ['192.0.2.1', '192.0.2.2'].map((address) => ({ name: `r-${address}`, ip: address }));
  const told = router.use({ ...settings, pair: { self: 'r-192.0.2.1', peers } });
  letGo();
  await expect(told).rejects.toMatchObject({ code: 'ROUTER_SETTINGS_INVALID' });
  expect(await waiting).toMatchObject({ outcome: 'applied' });
  expect(router.settings).toEqual(settings);
  await router.detach();
});

it('takes no command after it was detached', async () => {
  const { router, letGo } = await openHeld();
  letGo();
  await router.detach();
  await expect(router.send(put)).rejects.toMatchObject({ code: 'ROUTER_CLOSED' });
});
