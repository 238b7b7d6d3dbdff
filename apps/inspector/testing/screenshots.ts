/**
 * Takes the pictures of the READMEs, from what Limpet's commands print:
 *
 * `node apps/inspector/testing/screenshots.ts RUN CHECK FOLDER`
 *
 * RUN is a recording of `limpet simulate --record`, CHECK a result of `limpet check --bug NAME -o json`.
 *
 * @module
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openResult } from '../src/results/open-result.ts';
import { launchBrowser } from './browser.ts';

const [runFile, checkFile, folder] = process.argv.slice(2);
if (runFile === undefined || checkFile === undefined || folder === undefined) {
  process.stderr.write('usage: screenshots.ts RUN CHECK FOLDER\n');
  process.exit(1);
}
const run = openResult(readFileSync(runFile, 'utf8'), runFile);
const check = openResult(readFileSync(checkFile, 'utf8'), checkFile);
/** Where clients have found most changes not in force. */
const worst = run.messages.findLastIndex(
  (message) => message.kind === 'verification' && message.verdict === 'violated',
);

const open = (page: Page, name: string) => page.getByRole('tab', { name }).click();
const seek = async (page: Page, index: number) => {
  await page.getByRole('slider', { name: 'Message' }).fill(String(index));
};

const PICTURES: readonly (readonly [name: string, document: typeof run, show: (page: Page) => Promise<void>])[] = [
  [
    'statechart',
    run,
    async (page) => {
      await seek(page, worst);
      await page.getByLabel('Machine').selectOption('rule');
      await page.locator('.state[data-state="rule.active"]').waitFor();
      await page
        .locator('.transition-list')
        .getByRole('button', { name: 'active setSourceBased [isNone] → add' })
        .click();
    },
  ],
  [
    'timeline',
    run,
    async (page) => {
      await open(page, 'Timeline');
      await seek(page, worst);
    },
  ],
  [
    'fleet',
    run,
    async (page) => {
      await open(page, 'Fleet');
      await seek(page, worst);
      await page.getByLabel('Sort').selectOption('worst first');
    },
  ],
  [
    'router',
    run,
    async (page) => {
      await open(page, 'Router');
      await seek(page, worst);
    },
  ],
  [
    'steps',
    check,
    async (page) => {
      await open(page, 'Steps');
      await page.getByRole('listitem').nth(6).getByRole('button').click();
    },
  ],
];

mkdirSync(folder, { recursive: true });
const browser = await launchBrowser();
for (const colorScheme of ['light', 'dark'] as const)
  for (const [name, document, show] of PICTURES) {
    const { page } = await browser.open(document, { colorScheme, viewport: { width: 1280, height: 760 } });
    await page.locator('.state').first().waitFor();
    await show(page);
    // Two frames: what was asked for is drawn, and no transition of colours is under way.
    await page.waitForTimeout(1200);
    await page.screenshot({ path: join(folder, `inspector-${name}-${colorScheme}.png`) });
    await browser.closePages();
  }
await browser.close();
