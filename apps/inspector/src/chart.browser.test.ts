import { readFile } from 'node:fs/promises';
import { describeMachine, type InspectionDocument, type MachineDescription } from '@limpet/inspection';
import { entryMachine } from '@limpet/model';
import Elk from 'elkjs/lib/elk.bundled.js';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { launchBrowser, pageFiles, type TestBrowser } from '../testing/browser.ts';
import { fleetDocument } from '../testing/fleet-run.ts';
import { nestedMachine } from '../testing/nested-machine.ts';
import { drawingOf } from './chart/drawing.ts';
import { layOut } from './chart/lay-out.ts';
import { playMachines } from './play-machines.ts';
import { modelMachines, modelPlayables } from './results/model-machines.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterEach(() => browser.closePages());
afterAll(() => browser.close());

const documentOf = (machines: readonly MachineDescription[]): InspectionDocument => ({
  format: 'limpet-inspection',
  version: 1,
  title: 'machines',
  notes: [],
  machines: [...machines],
  messages: [],
});
const groupIds = modelMachines[0]!.transitions.map(({ id }) => id);
const nested = describeMachine(nestedMachine);

/** The ids of the transitions of which something can be seen in the chart. */
const drawnTransitions = (page: Page): Promise<string[]> =>
  page
    .locator('.chart-canvas')
    .evaluate((canvas) =>
      [...canvas.querySelectorAll<HTMLElement>('[data-transition]')]
        .filter(
          (each) => each.checkVisibility() && each.getBoundingClientRect().width > 5 && each.innerText.trim() !== '',
        )
        .map((each) => each.dataset.transition!),
    );

/** The ids of the arrows whose line has a length. */
const drawnArrows = (page: Page): Promise<string[]> =>
  page
    .locator('.arrows')
    .evaluate((svg) =>
      [...svg.querySelectorAll<SVGGElement>('[data-arrow]')]
        .filter((each) => (each.querySelector<SVGPathElement>('.stroke')?.getTotalLength() ?? 0) > 5)
        .map((each) => each.dataset.arrow!),
    );

/** The arrows that leave a state for another that does not contain it: each has to have a line. */
function arrowsOf({ states, transitions }: MachineDescription): Set<string> {
  const parents = new Map(states.map(({ id, parent }) => [id, parent]));
  const line = (id: string | undefined): string[] => (id === undefined ? [] : [...line(parents.get(id)), id]);
  const arrows = transitions.flatMap(({ source, targets }) =>
    targets.flatMap((target) => {
      const [from, to] = [line(source), line(target)];
      const at = from.findIndex((id, index) => id !== to[index]);
      return at < 0 || to[at] === undefined ? [] : [`${from[at]}>${to[at]}`];
    }),
  );
  return new Set(arrows);
}

describe.each([...modelMachines, nested].map((machine) => [machine.id, machine] as const))(
  'the chart of %s',
  (_, machine) => {
    it.each([1280, 400])('has every transition and every state, %d pixels wide', async (width) => {
      const { page, troubles, elsewhere } = await browser.open(documentOf([machine]), {
        viewport: { width, height: 800 },
      });
      await page.locator('.state').first().waitFor();
      expect((await drawnTransitions(page)).toSorted()).toEqual(machine.transitions.map(({ id }) => id).toSorted());
      expect((await drawnArrows(page)).toSorted()).toEqual([...arrowsOf(machine)].toSorted());
      const states = await page
        .locator('.state')
        .evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset.state));
      expect(states.toSorted()).toEqual(machine.states.map(({ id }) => id).toSorted());
      expect({ troubles, elsewhere }).toEqual({ troubles: [], elsewhere: [] });
    });
  },
);

/** How large a chart is drawn. */
const drawnSize = (page: Page): Promise<string> =>
  page.locator('.arrows').evaluate((svg) => `${svg.getAttribute('width')} x ${svg.getAttribute('height')}`);

describe('a page that is opened', () => {
  it.each([
    [1280, 'RIGHT'],
    [400, 'DOWN'],
  ] as const)(
    'has the layouts of our machines as ELK makes them now, and asks for no ELK, %d pixels wide',
    async (width, direction) => {
      const elk = new Elk();
      // The agent describes its machine by itself.
      for (const machine of [...modelMachines, describeMachine(entryMachine)]) {
        const { page } = await browser.open(documentOf([machine]), { viewport: { width, height: 800 } });
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        await page.reload();
        await page.locator('.state').first().waitFor();
        const { layout } = await layOut(drawingOf(machine), direction, (graph) => elk.layout(graph));
        expect(await drawnSize(page), machine.id).toBe(`${layout.width} x ${layout.height}`);
        expect(asked.filter((url) => url.includes('elk-'))).toEqual([]);
        expect(asked.filter((url) => url.endsWith('document.json'))).toHaveLength(1);
      }
    },
  );

  it('shows its first view without the scripts of the others, and says when they cannot be had', async () => {
    const { page } = await browser.open(fleetDocument(2));
    const others = /\/assets\/(timeline|fleet|router|steps|plot|elk)-[^/]*\.js$/;
    await page.route(others, (route) => route.abort());
    await page.reload();
    await page.locator('.state').first().waitFor();
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('This view cannot be loaded');
    await page.unroute(others);
    await page.reload();
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.locator('.lanes canvas').waitFor();
  });

  it('begins with no script that has zod or uPlot in it', async () => {
    const files = await pageFiles();
    const text = (path: string): string => files.get(path)!.content.toString('utf8');
    const first = Array.from(text('/').matchAll(/"\.(\/assets\/[^"]+\.js)"/g), ([, path]) => path!);
    const having = (mark: string) =>
      [...files.keys()].filter((path) => path.endsWith('.js') && text(path).includes(mark));
    expect(first.length).toBeGreaterThan(0);
    for (const mark of ['_zod', 'u-legend']) {
      expect(having(mark)).not.toEqual([]);
      expect(having(mark).filter((path) => first.includes(path))).toEqual([]);
    }
  });

  it('has the scripts of all views soon, also if the server ends', async () => {
    const { page } = await browser.open(fleetDocument(2));
    const loaded = (): Promise<string[]> =>
      page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    for (const view of ['timeline', 'fleet', 'router', 'steps'])
      await expect.poll(async () => (await loaded()).some((url) => url.includes(`/${view}-view-`))).toBe(true);
    await page.route('**/*', (route) => route.abort());
    await page.getByRole('tab', { name: 'Fleet' }).click();
    await page.locator('.group-card').first().waitFor();
  });
});

describe('a chart', () => {
  it('lights the states of the chosen instance at the cursor, and the transition just taken', async () => {
    const { page } = await browser.open(fleetDocument(2));
    await page.getByLabel('Machine').selectOption('rule');
    const active = page.locator('.state[data-state="rule.active"]');
    await expect.poll(() => active.getAttribute('data-active')).toBe('true');
    await page.getByLabel('Instance').selectOption({ label: 'web-1 rule' });
    expect(await page.locator('[data-transition="rule.add#applied#0"]').first().getAttribute('data-taken')).toBe(
      'true',
    );
    await page.getByRole('slider', { name: 'Message' }).focus();
    await page.keyboard.press('Home');
    await expect.poll(() => active.getAttribute('data-active')).toBeNull();
  });

  it('tells all of a transition that is clicked, and how often it was taken', async () => {
    const { page } = await browser.open(fleetDocument(3));
    await page.getByLabel('Machine').selectOption('rule');
    await page.locator('.chart-canvas [data-item="rule.add#applied#0"]').click();
    const details = page.getByRole('complementary', { name: 'Details' });
    await expect
      .poll(() => details.innerText())
      .toMatch(/applied[\s\S]*rule\.add[\s\S]*rule\.active[\s\S]*3 times in this run/);
    await page.getByLabel('Coverage').check();
    const times = (id: string) => page.locator(`.chart-canvas [data-transition="${id}"]`).getAttribute('data-times');
    await expect.poll(() => times('rule.add#applied#0')).toBe('often');
    expect(await times('rule.staged#accept#0')).toBe('never');
  });

  it('is played: an event is sent, and its states change', async () => {
    const { page, troubles } = await browser.openPlayed(playMachines('played', modelPlayables));
    await page.getByLabel('Machine').selectOption('group');
    const send = async (id: string) => {
      await page.locator(`.chart-canvas [data-item="${id}"]`).click();
      await page.getByRole('button', { name: /^Send / }).click();
    };
    const isActive = (state: string) => page.locator(`.state[data-state="group.${state}"]`).getAttribute('data-active');
    await page.locator('.state[data-state="group.new"][data-active]').waitFor();
    await send('group.new#configured#0');
    await expect.poll(() => isActive('enabled')).toBe('true');
    expect(await isActive('new')).toBeNull();
    await send('group.enabled#scaleUp#0');
    await expect.poll(() => isActive('scaling')).toBe('true');
    await expect.poll(() => page.locator('.context').innerText()).toContain('"size": 1');
    expect(troubles).toEqual([]);
  });

  it('tells the verdict of a guard', async () => {
    const { page } = await browser.openPlayed(playMachines('played', modelPlayables));
    await page.locator('.state[data-state="group.new"][data-active]').waitFor();
    const verdict = async (id: string) => {
      await page.locator('.transition-list').getByRole('button').nth(groupIds.indexOf(id)).click();
      return page.locator('.verdict').innerText();
    };
    expect(await verdict('group.new#configured#0')).toBe('It would be taken now.');
    expect(await verdict('group.enabled#scaleDown#0')).toBe('Its state is not active.');
    await page.getByRole('button', { name: 'new configured → enabled' }).click();
    await page.getByRole('button', { name: 'Send configured' }).click();
    await page.locator('.state[data-state="group.enabled"][data-active]').waitFor();
    expect(await verdict('group.enabled#scaleDown#0')).toBe('Its guard canShrink says no, or another comes first.');
    await page.getByLabel('Payload').fill('no');
    await page.getByRole('button', { name: /^Send / }).click();
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('JSON');
  });

  it('is searched, and moves to what was found', async () => {
    const { page } = await browser.open(documentOf(modelMachines));
    await page.getByLabel('Machine').selectOption('rule');
    await page.locator('.state[data-state="rule.active"]').waitFor();
    await page.getByLabel('Search').fill('isunverified');
    await expect.poll(() => page.locator('output.found').innerText()).toBe('1 found');
    await page.keyboard.press('Enter');
    const found = page.locator('.chart-canvas [data-item="rule.active#timeout#0"]');
    await expect.poll(() => found.evaluate((each) => each === document.activeElement)).toBe(true);
    await expect.poll(() => inside(page, '[data-item="rule.active#timeout#0"]')).toBe(true);
  });

  it('is walked through by keyboard alone, with one tab stop', async () => {
    const { page } = await browser.open(documentOf([modelMachines[2]!]));
    await page.locator('.state').first().waitFor();
    expect(await page.locator('.chart-canvas [data-item][tabindex="0"]').count()).toBe(1);
    await page.getByRole('tab', { name: 'Statechart' }).focus();
    const focused = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.item ?? '');
    for (let presses = 0; presses < 12 && (await focused()) === ''; presses++) await page.keyboard.press('Tab');
    expect(await focused()).toBe('member');
    const seen = new Set<string>();
    for (const key of [
      'ArrowDown',
      'ArrowRight',
      'ArrowRight',
      'ArrowRight',
      'ArrowDown',
      'ArrowLeft',
      'End',
      'Home',
    ]) {
      await page.keyboard.press(key);
      seen.add(await focused());
    }
    expect(seen.size).toBeGreaterThan(4);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const name = await page.evaluate(() => document.activeElement?.getAttribute('aria-pressed'));
    expect(name).toBe('true');
    expect(await page.locator('.chart-canvas [data-item][tabindex="0"]').count()).toBe(1);
  });

  it('is saved as SVG and as PNG', async () => {
    const { page } = await browser.open(documentOf([nested]));
    const save = async (name: string) => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
      return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
    };
    const svg = await save('Save SVG');
    expect(svg.name).toBe('player.svg');
    const ids = new Set(Array.from(String(svg.content).matchAll(/data-transition="([^"]+)"/g), ([, id]) => id));
    expect([...ids].toSorted()).toEqual(nested.transitions.map(({ id }) => id).toSorted());
    const png = await save('Save PNG');
    expect(png.name).toBe('player.png');
    expect(png.content.subarray(1, 4).toString()).toBe('PNG');
    expect(png.content.readUInt32BE(16)).toBeGreaterThan(800);
  });

  it('is there also when ELK is not', async () => {
    const { page } = await browser.open(documentOf([nested]));
    await page.locator('.state').first().waitFor();
    await page.route('**/elk-worker*', (route) => route.abort());
    await page.reload();
    await page.locator('.state').first().waitFor();
    expect(await page.locator('.trouble').innerText()).toContain('boxes in rows, as the layout failed');
    expect((await drawnTransitions(page)).toSorted()).toEqual(nested.transitions.map(({ id }) => id).toSorted());
  });

  it('takes names from anywhere as text', async () => {
    const evil = '<img src=x onerror=document.title="owned">';
    const machine = createMachine({
      id: `"><script>document.title="owned"</script>`,
      initial: evil,
      states: { [evil]: { description: evil, on: { [evil]: { actions: evil, guard: evil } } } },
    });
    const { page, troubles } = await browser.open({
      ...documentOf([describeMachine(machine)]),
      title: evil,
      notes: [evil],
    });
    await page.locator('.state').first().waitFor();
    expect(await page.locator('img, #root script').count()).toBe(0);
    expect(await page.locator('.note-row, .transition-row').first().innerText()).toContain('<img');
    expect(await page.title()).not.toBe('owned');
    expect(troubles).toEqual([]);
  });
});

/** It lies within the canvas. */
const inside = (page: Page, selector: string): Promise<boolean> =>
  page.locator('.chart-canvas').evaluate((canvas, item) => {
    const [outer, inner] = [canvas.getBoundingClientRect(), canvas.querySelector(item)!.getBoundingClientRect()];
    return (
      inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom
    );
  }, selector);
