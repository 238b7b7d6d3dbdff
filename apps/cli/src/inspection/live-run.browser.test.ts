import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { launchBrowser, type TestBrowser } from '@limpet/inspector/testing/browser';
import { afterAll, beforeAll, expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/limpet.js', import.meta.url));
let browser: TestBrowser;
let folder: string;
let child: ChildProcess | undefined;
beforeAll(async () => {
  browser = await launchBrowser();
  folder = await mkdtemp(join(tmpdir(), 'limpet-live-'));
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await browser.close();
  await rm(folder, { recursive: true });
});

it('limpet simulate --inspect shows a run while it is played, and until Ctrl-C', async () => {
  const scenario = join(folder, 'small.yaml');
  const group = {
    name: 'a',
    count: 1,
    members: 2,
    publicIp: '10.0.53.2',
    publicPort: 8100,
    privatePort: 80,
    stickiness: 'none',
  };
  await writeFile(
    scenario,
    JSON.stringify({
      ...{ name: 'small', title: 'Small', seed: 1, router: { publicIps: ['10.0.53.2'] }, groups: [group] },
      traffic: { clientsPerRule: 6, connectionsPerClient: 4, heldPerClient: 1 },
      deadlineMs: 0,
      steps: [{ groups: { set: 'a' }, do: [{ op: 'change', stickiness: 'SourceBased' }] }],
    }),
  );
  const args = ['simulate', scenario, '--router', 'memory', '--inspect', '-o', 'json'];
  const run = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child = run;
  const printed = text(run.stdout);
  const lines = createInterface(run.stderr)[Symbol.asyncIterator]();
  const lineWith = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error('the command has ended');
      const found = pattern.exec(value)?.[1];
      if (found !== undefined) return found;
    }
  };
  const address = await lineWith(/(http:\S+) shows small, driven by memory as it is played/);
  const { page, troubles } = await browser.goTo(address);
  await page.getByRole('tab', { name: 'Fleet' }).click();
  await expect.poll(() => page.locator('.group-card').innerText()).toMatch(/in force[\s\S]*sticky/);
  await page.getByRole('tab', { name: 'Statechart' }).click();
  await page.getByLabel('Machine').selectOption('rule');
  await expect.poll(() => page.locator('.state[data-active]').count()).toBeGreaterThan(0);
  await lineWith(/(which has ended); Ctrl-C ends it/);
  expect(troubles).toEqual([]);
  run.kill('SIGINT');
  expect(await once(run, 'exit')).toEqual([0, null]);
  expect(JSON.parse(await printed)).toMatchObject({ scenario: 'small', changesInForce: 1 });
});
