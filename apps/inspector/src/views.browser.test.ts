import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { check, traceToJson } from '@limpet/checker';
import type { InspectionDocument } from '@limpet/inspection';
import { checkModelSource } from '@limpet/state-space';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type TestBrowser, violationsOf } from '../testing/browser.ts';
import { fleetDocument, groupBodies } from '../testing/fleet-run.ts';
import { openResult } from './results/open-result.ts';
import { buildPage } from './server/build-page.ts';
import { exportPage } from './server/export-page.ts';
import { readPageFiles } from './server/page-files.ts';

let browser: TestBrowser;
let counterexample: InspectionDocument;
beforeAll(async () => {
  browser = await launchBrowser();
  const result = await check(checkModelSource({ groups: 2, members: 1, symmetry: true, bug: 'line-set-compare' }), {
    threads: 1,
    stopAtViolation: true,
  });
  const printed = {
    invariants: result.invariants.map(({ name, holds }) => ({ name, holds })),
    counterexample: traceToJson(result.exploration.model, result.counterexample!.trace),
  };
  counterexample = openResult(JSON.stringify(printed), 'check.json');
});
afterEach(() => browser.closePages());
afterAll(() => browser.close());

/** Resolves when the view is there, whose script may come only now. */
const tab = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('tab', { name }).click();
  if (name !== 'Statechart') await page.locator(`.${name.toLowerCase()}-view`).waitFor();
};
const slider = (page: Page) => page.getByRole('slider', { name: 'Message' });

/** A lane of which a step changes some parts and leaves others, and what it is that has changed. */
function partlyChanged(before: Record<string, string>, changed: Record<string, string>) {
  return Object.entries(changed)
    .map(([lane, now]) => {
      const was = (before[lane] ?? '').split(', ');
      const parts = now.split(', ');
      return { lane, parts, to: parts.filter((part) => !was.includes(part)) };
    })
    .find(({ parts, to }) => to.length > 0 && to.length < parts.length);
}

describe('the counterexample to cloudstack#9583', () => {
  it('is stepped through, and what each step changes stands out', async () => {
    const { page } = await browser.open(counterexample);
    await tab(page, 'Steps');
    const steps = counterexample.messages.filter((message) => message.kind === 'step');
    const list = page.getByRole('region', { name: 'Steps' });
    expect(await list.getByRole('listitem').count()).toBe(steps.length);
    await list.getByRole('listitem').first().getByRole('button').click();
    for (const [at, step] of steps.entries()) {
      await expect.poll(() => list.locator('output').innerText()).toBe(`step ${at + 1} of ${steps.length}`);
      const changed = page.locator('.step-after tr[data-changed] th');
      expect((await changed.allInnerTexts()).toSorted()).toEqual(Object.keys(step.changed).toSorted());
      if (at < steps.length - 1) await page.getByRole('button', { name: 'Next step' }).click();
    }
    expect(await page.getByRole('button', { name: 'Next step' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Previous step' }).click();
    await expect.poll(() => list.locator('output').innerText()).toBe(`step ${steps.length - 1} of ${steps.length}`);
  });

  it('marks of each lane what a step changed, and no more', async () => {
    const { page } = await browser.open(counterexample);
    await tab(page, 'Steps');
    const steps = counterexample.messages.filter((message) => message.kind === 'step');
    const lanes: Record<string, string> = { ...counterexample.initial };
    for (const step of steps) {
      const { lane, to } = partlyChanged(lanes, step.changed) ?? {};
      Object.assign(lanes, step.changed);
      if (lane === undefined) continue;
      await page
        .getByRole('region', { name: 'Steps' })
        .getByRole('listitem')
        .nth(steps.indexOf(step))
        .getByRole('button')
        .click();
      const row = page
        .locator('.step-after tr')
        .filter({ has: page.getByRole('rowheader', { name: lane, exact: true }) });
      await expect.poll(() => row.locator('mark').allInnerTexts()).toEqual(to);
      return;
    }
    throw new Error('no step changes a part of a lane');
  });

  it('marks in every statechart the state that a step enters', async () => {
    const { page } = await browser.open(counterexample);
    await tab(page, 'Steps');
    await page.getByRole('button', { name: /the router is deployed/ }).click();
    await expect.poll(() => page.locator('.strip li[data-entered]').allTextContents()).toEqual(['starting (entered)']);
    expect(await page.locator('.strip li[data-left]').allTextContents()).toEqual(['absent (left)']);
  });

  it('opens from disk as one file, without a network', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'limpet-page-'));
    try {
      const file = join(folder, 'counterexample.html');
      await writeFile(file, exportPage(readPageFiles(await buildPage()), counterexample));
      const { page, troubles, elsewhere } = await browser.goTo(String(pathToFileURL(file)), { offline: true });
      await page.locator('.state').first().waitFor();
      expect(await page.locator('.trouble').count()).toBe(0);
      await tab(page, 'Steps');
      expect(await page.getByRole('region', { name: 'Steps' }).getByRole('listitem').count()).toBeGreaterThan(5);
      expect({ troubles, elsewhere }).toEqual({ troubles: [], elsewhere: [] });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a view of 500 groups', () => {
  /** Opens a view, and counts what is there whenever something was added to it. */
  const counts = async (view: string, ...selectors: string[]): Promise<number[][]> => {
    const { page } = await browser.open(fleetDocument(500));
    await page.locator('.state').first().waitFor();
    await page.evaluate((counted) => {
      const seen: number[][] = [];
      const count = () => seen.push(counted.map((selector) => document.querySelectorAll(selector).length));
      new MutationObserver(count).observe(document.getElementById('view')!, { childList: true, subtree: true });
      Object.assign(globalThis, { seen });
    }, selectors);
    await tab(page, view);
    await page.locator(selectors.at(-1)!).nth(499).waitFor({ state: 'attached' });
    return page.evaluate(() => (globalThis as unknown as { seen: number[][] }).seen);
  };

  it('adds a hundred of them in a frame to the fleet', async () => {
    const seen = (await counts('Fleet', '.group-card')).flat();
    expect([...new Set(seen)]).toEqual([0, 100, 200, 300, 400, 500]);
  });

  it('draws lanes, table and list of groups one after the other in the timeline', async () => {
    const seen = await counts('Timeline', '.lanes canvas', '.message-table tbody tr', '.timeline-view option');
    const [none, lanes, table, list] = [...new Set(seen.map(String))].map((each) => each.split(',').map(Number));
    expect(none).toEqual([0, 0, 0]);
    expect(lanes).toEqual([1, 0, lanes![2]]);
    expect(table).toEqual([1, 13, lanes![2]]);
    expect(list).toEqual([1, 13, lanes![2]! + 500]);
  });
});

describe('the timeline', () => {
  it('is scrubbed by pointer and by keys, and everything follows', async () => {
    const document = fleetDocument(4);
    const { page } = await browser.open(document);
    await tab(page, 'Timeline');
    const canvas = page.locator('.lanes canvas');
    const box = (await canvas.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.75, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 50, { steps: 4 });
    await page.mouse.up();
    const at = async () => Number(await slider(page).inputValue());
    await expect.poll(at).toBeGreaterThan(document.messages.length * 0.45);
    expect(await at()).toBeLessThan(document.messages.length * 0.55);
    await canvas.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await expect.poll(at).toBe(1);
    expect(await page.locator('.message-table tr[aria-current]').innerText()).toContain(`${document.messages[1]!.seq}`);
    expect(await page.locator('.cursor-text').innerText()).toContain('2 of');
  });

  it('paints the coverage, and says which mutants the run can tell', async () => {
    const changed = (name: string, state: string, event: string) => ({
      ...{ name, means: `${name} means this` },
      changes: [{ machine: 'rule', state, event }],
    });
    const mutants = [changed('met', 'add', 'applied'), changed('unmet', 'active', 'update')];
    const { page } = await browser.open({ ...fleetDocument(1), mutants });
    await tab(page, 'Statechart');
    await page.getByLabel('Machine').selectOption('rule');
    await page.getByLabel('Coverage').check();
    const row = (id: string) => page.locator(`.chart-canvas [data-transition="${id}"]`);
    await expect.poll(() => row('rule.add#applied#0').getAttribute('data-times')).toBe('once');
    expect(await row('rule.active#update#0').getAttribute('data-times')).toBe('never');
    const list = page.getByRole('region', { name: 'Mutants' });
    expect(await list.getByRole('heading').innerText()).toBe('1 of 2 mutants could be told by this run');
    expect(await list.locator('li[data-told]').allInnerTexts()).toEqual([expect.stringContaining('met taken')]);
    await page
      .locator('.transition-list')
      .getByRole('button', { name: /^active update/ })
      .first()
      .click();
    expect(await page.getByRole('complementary', { name: 'Details' }).innerText()).toMatch(/changed by\s+unmet/);
    expect(await violationsOf(page)).toEqual([]);
  });

  it('has in the statechart the verdict on a transition of its actor', async () => {
    const { page } = await browser.open(fleetDocument(1));
    await tab(page, 'Statechart');
    await page.getByLabel('Machine').selectOption('member');
    const listed = page.locator('.transition-list');
    const verdictOn = async (name: RegExp) => {
      await listed.getByRole('button', { name }).first().click();
      return page.locator('.verdict').innerText();
    };
    expect(await verdictOn(/^serving /)).toMatch(/^Its state is active/);
    expect(await verdictOn(/^gone /)).toBe('Its state is not active.');
  });

  it('leads from a message to its actor', async () => {
    const { page } = await browser.open(fleetDocument(1));
    await tab(page, 'Timeline');
    await page.locator('.message-table').getByRole('button', { name: 'web-1 rule' }).first().click();
    await expect.poll(() => page.getByLabel('Instance').locator('option:checked').innerText()).toBe('web-1 rule');
    expect(await page.getByLabel('Machine').inputValue()).toBe('rule');
  });
});

describe('the fleet', () => {
  it('shows the one rule of 50 that is not in force, and leads to it', async () => {
    const { page } = await browser.open(fleetDocument(50, 37));
    await tab(page, 'Fleet');
    const cards = page.locator('.group-card');
    expect(await cards.count()).toBe(50);
    await page.getByLabel('Sort').selectOption('worst first');
    expect(await cards.first().innerText()).toMatch(/web-37[\s\S]*not in force[\s\S]*from vm-1 to vm-2/);
    await page.getByLabel('Show').selectOption('violated');
    expect(await cards.count()).toBe(1);
    await cards.first().press('Enter');
    await expect.poll(() => page.getByLabel('Instance').locator('option:checked').innerText()).toBe('web-37 rule');
    expect(await page.getByRole('complementary', { name: 'Details' }).innerText()).toContain('violated');
  });
});

it('plots how long changes took, and reloads, as they come', async () => {
  const { page, recorder, troubles } = await browser.openLive(fleetDocument(0));
  for (const body of groupBodies('web-1')) recorder.record(body);
  await tab(page, 'Fleet');
  await page.getByLabel('Plots').check();
  const figure = (name: string) => page.locator('.plot').filter({ hasText: name });
  await expect.poll(() => figure('Lag in force').innerText()).toMatch(/last \d+ ms, at most \d+ ms/);
  expect(await figure('Reloads').innerText()).toContain('nothing yet');
  recorder.record({ kind: 'event', actor: 'router', event: { type: 'reload', count: 2 } });
  await expect.poll(() => figure('Reloads').innerText()).toContain('last 2, at most 2');
  const drawn = await figure('Lag in force')
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) =>
      canvas
        .getContext('2d')!
        .getImageData(0, 0, canvas.width, canvas.height)
        .data.some((value) => value !== 0),
    );
  expect(drawn).toBe(true);
  expect(await violationsOf(page)).toEqual([]);
  expect(troubles).toEqual([]);
});

it('is walked through by keyboard alone: one tab stop, whatever the number of groups', async () => {
  const { page } = await browser.open(fleetDocument(60));
  await tab(page, 'Fleet');
  await page.locator('.group-card').first().waitFor();
  expect(await page.locator('.group-card[tabindex="0"]').count()).toBe(1);
  await page.getByLabel('Plots').focus();
  await page.keyboard.press('Tab');
  const focused = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.item);
  expect(await focused()).toBe('web-1');
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('web-2');
  await page.keyboard.press('End');
  expect(await focused()).toBe('web-60');
  await expect
    .poll(() => page.evaluate(() => document.activeElement!.getBoundingClientRect().bottom))
    .toBeLessThan(800);
  expect(await page.locator('.group-card[tabindex="0"]').count()).toBe(1);
  await page.keyboard.press('Enter');
  await expect.poll(() => page.getByLabel('Instance').locator('option:checked').innerText()).toBe('web-60 rule');
});

describe('the router', () => {
  it('begins with the rule of which clients see something else than what it says', async () => {
    const { page } = await browser.open(fleetDocument(9, 5));
    await tab(page, 'Router');
    const rows = page.locator('.router-view tbody tr');
    expect(await rows.count()).toBe(9);
    expect(await rows.first().innerText()).toMatch(/web-5 rule[\s\S]*putRule[\s\S]*from vm-1 to vm-2/);
    expect(await page.locator('.router-view .hint').innerText()).toContain('Of 1 rule clients see');
    await rows.first().getByRole('button').click();
    await expect.poll(() => page.getByLabel('Instance').locator('option:checked').innerText()).toBe('web-5 rule');
  });
});

describe('a live run', () => {
  it('is followed, and what was recorded before is there', async () => {
    const { messages, ...rest } = fleetDocument(0);
    const { page, recorder } = await browser.openLive({ ...rest, messages });
    for (const body of groupBodies('web-1')) recorder.record(body);
    await tab(page, 'Fleet');
    await expect.poll(() => page.locator('.group-card').innerText()).toContain('in force');
    recorder.record({ kind: 'verification', actor: 'web-1 rule', verdict: 'violated', saw: 'vm-2' });
    await expect.poll(() => page.locator('.group-card').innerText()).toContain('not in force');
    expect(await page.locator('.connection').innerText()).toContain('live');
  });
});

const widths = [1280, 400];
const schemes = ['light', 'dark'] as const;
describe.each(widths.flatMap((width) => schemes.map((scheme) => [width, scheme] as const)))(
  '%d pixels wide and %s',
  (width, scheme) => {
    it.each([
      ['Statechart', () => fleetDocument(3, 2)],
      ['Timeline', () => fleetDocument(3, 2)],
      ['Fleet', () => fleetDocument(3, 2)],
      ['Router', () => fleetDocument(3, 2)],
      ['Steps', () => counterexample],
    ] as const)('%s has nothing that axe objects to, and nothing sticks out', async (view, recording) => {
      const { page, troubles } = await browser.open(recording(), {
        colorScheme: scheme,
        viewport: { width, height: 800 },
      });
      await tab(page, view);
      if (view === 'Statechart') await page.locator('.state').first().waitFor();
      expect(await violationsOf(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(scheme);
      expect(troubles).toEqual([]);
    });
  },
);
