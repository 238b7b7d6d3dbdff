import { AxeBuilder } from '@axe-core/playwright';
import { createRecorder, type InspectionDocument, type PageFile, type Recorder } from '@limpet/inspection';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { PlayedMachines } from '../src/play-machines.ts';
import { buildPage } from '../src/server/build-page.ts';
import type { ServedPage } from '../src/server/loopback.ts';
import { readPageFiles } from '../src/server/page-files.ts';
import { type ServeOptions, servePage } from '../src/server/serve-page.ts';

/** Debian's. It draws in software; as root it has no sandbox of its own. */
const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** What a page asked for, and what went wrong in it. */
export interface Watched {
  page: Page;
  /** Addresses that were not of its own server. */
  elsewhere: string[];
  /** Errors of scripts, and what the Content-Security-Policy stopped. */
  troubles: string[];
}

/** A real browser, for the tests of a file. */
export interface TestBrowser {
  /** Serves a recording, and opens it. */
  open(document: InspectionDocument, how?: BrowserContextOptions): Promise<Watched>;
  /** Serves a live run: what is recorded shows up. */
  openLive(document: InspectionDocument, how?: BrowserContextOptions): Promise<Watched & { recorder: Recorder }>;
  /** Serves machines that are played. */
  openPlayed(played: PlayedMachines, how?: BrowserContextOptions): Promise<Watched>;
  /** Opens an address, such as a file's. */
  goTo(address: string, how?: BrowserContextOptions): Promise<Watched>;
  /** Ends the pages and servers of a test. */
  closePages(): Promise<void>;
  close(): Promise<void>;
}

/** The files of the page, built if they were not built yet. */
export const pageFiles = async (): Promise<ReadonlyMap<string, PageFile>> => readPageFiles(await buildPage());

/** Starts Chromium, and builds the page if it was not built yet. */
export async function launchBrowser(): Promise<TestBrowser> {
  const files = await pageFiles();
  const browser: Browser = await chromium.launch(CHROMIUM);
  const served: ServedPage[] = [];

  const goTo: TestBrowser['goTo'] = async (address, how = {}) => {
    // Axe needs a page of a context that was made for it.
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...how });
    const page = await context.newPage();
    const watched: Watched = { page, elsewhere: [], troubles: [] };
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(address) && !/^(blob|data):/.test(url)) watched.elsewhere.push(url);
    });
    page.on('pageerror', (error) => watched.troubles.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') watched.troubles.push(message.text());
    });
    await page.goto(address);
    return watched;
  };
  const serve = async (what: Omit<ServeOptions, 'files'>): Promise<string> => {
    const page = await servePage({ ...what, files });
    served.push(page);
    return page.address;
  };
  return {
    goTo,
    open: async (document, how) => goTo(await serve({ document }), how),
    async openLive(document, how) {
      const recorder = createRecorder({ session: 'test', now: () => Date.now() });
      return { recorder, ...(await goTo(await serve({ document, recorder }), how)) };
    },
    openPlayed: async (played, how) => goTo(await serve(played), how),
    async closePages() {
      await Promise.all(browser.contexts().map((context) => context.close()));
      await Promise.all(served.splice(0).map((page) => page.close()));
    },
    close: () => browser.close(),
  };
}

/** What axe finds wrong with a page, in words. */
export async function violationsOf(page: Page): Promise<string[]> {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  if (passes.length < 10) throw new Error('axe looked at nothing');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
