import type { Body } from '@limpet/inspection';
import { launchBrowser } from '@limpet/inspector/testing/browser';
import { fleetDocument, groupBodies } from '@limpet/inspector/testing/fleet-run';
import { inspectorReport, type OpeningCost, openingReport, type ViewCost } from './inspector-report.ts';

const GROUPS = 500;
const EVENTS_A_SECOND = 200;
/** Of each view; `npm run bench -- inspector SECONDS` takes another. */
const SECONDS = 60;
/** The feed is written in bursts, as a router's answers come. */
const BURST_MS = 50;

/** Counts frames in the page, by the browser's own clock, from now on. */
const WATCH_FRAMES = `(() => {
  const frames = { count: 0, longest: 0, began: performance.now() };
  let last = performance.now();
  const frame = (now) => {
    frames.count += 1;
    frames.longest = Math.max(frames.longest, now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame); });
  window.frames_seen = frames;
})()`;

/**
 * The views that follow a fleet, on a live feed of many groups: frames from the click that opens the view on, the share of the
 * main thread, and the heap before and after. A browser without a graphics card draws them, so the figures are what a remote desktop would see.
 */
export async function benchInspector([seconds = String(SECONDS)]: readonly string[]): Promise<string> {
  const duration = Number(seconds);
  if (!(duration > 0)) throw new Error(`inspector takes a number of seconds, not ${seconds}`);
  const browser = await launchBrowser();
  try {
    const opening = openingReport(GROUPS, await costOfOpening(browser));
    const costs: ViewCost[] = [];
    for (const view of ['Fleet', 'Timeline']) {
      process.stderr.write(`${view}, ${duration} s\n`);
      costs.push(await measure(browser, view, duration));
      await browser.closePages();
    }
    const load = { groups: GROUPS, eventsASecond: EVENTS_A_SECOND, seconds: duration };
    return `${opening}${inspectorReport(load, costs)}`;
  } finally {
    await browser.close();
  }
}

/** Opens a recorded run in a browser that has never seen the page, until a statechart is drawn. */
async function costOfOpening(browser: Awaited<ReturnType<typeof launchBrowser>>): Promise<OpeningCost> {
  const document = fleetDocument(GROUPS);
  const began = performance.now();
  const { page } = await browser.open(document);
  await page.locator('.state').first().waitFor();
  const usefulMs = performance.now() - began;
  const [pageMs, firstContentMs] = (await page.evaluate(
    "[performance.now(), performance.getEntriesByName('first-contentful-paint')[0]?.startTime]",
  )) as [number, number | undefined];
  const session = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  await browser.closePages();
  return { usefulMs, pageMs, firstContentMs, rendererMs: sum(renderers.map(({ cpuTime }) => cpuTime)) * 1000 };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);

async function measure(
  browser: Awaited<ReturnType<typeof launchBrowser>>,
  view: string,
  seconds: number,
): Promise<ViewCost> {
  const { page, recorder } = await browser.openLive(fleetDocument(0));
  const names = Array.from({ length: GROUPS }, (_, at) => `web-${at + 1}`);
  for (const name of names) for (const body of groupBodies(name)) recorder.record(body);
  await page.locator('.state').first().waitFor();
  await page.waitForFunction(
    `document.querySelector('.cursor-text')?.textContent.includes('of ${recorder.last.toLocaleString('en').replaceAll(',', '')}')`,
  );
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const metrics = async (): Promise<Map<string, number>> => {
    const { metrics: all } = await session.send('Performance.getMetrics');
    return new Map(all.map(({ name, value }) => [name, value]));
  };
  await session.send('HeapProfiler.collectGarbage');
  const before = await metrics();
  await page.evaluate(WATCH_FRAMES);
  await page.getByRole('tab', { name: view }).click();
  const sent = await feed(names, seconds, recorder.record);
  const frames = (await page.evaluate('({ ...window.frames_seen, now: performance.now() })')) as {
    count: number;
    longest: number;
    began: number;
    now: number;
  };
  const after = await metrics();
  await session.send('HeapProfiler.collectGarbage');
  const collected = await metrics();
  const wall = (frames.now - frames.began) / 1000;
  return {
    view,
    eventsASecond: sent / wall,
    framesASecond: frames.count / wall,
    longestFrameMs: frames.longest,
    mainThread: (after.get('TaskDuration')! - before.get('TaskDuration')!) / wall,
    heapBefore: before.get('JSHeapUsedSize')!,
    heapAfter: collected.get('JSHeapUsedSize')!,
  };
}

/** Changes of rules, one group after the other; of each the command, the answer, what the statechart does, and the verdict. */
async function feed(names: readonly string[], seconds: number, record: (body: Body) => void): Promise<number> {
  const began = performance.now();
  let sent = 0;
  for (;;) {
    const elapsed = performance.now() - began;
    if (elapsed >= seconds * 1000) return sent;
    for (const due = Math.floor((elapsed / 1000) * EVENTS_A_SECOND); sent < due; sent++) record(eventAt(names, sent));
    await new Promise((resolve) => setTimeout(resolve, BURST_MS));
  }
}

function eventAt(names: readonly string[], at: number): Body {
  const change = Math.floor(at / 5);
  const actor = `${names[(change * 37) % names.length]!} rule`;
  const generation = 2 + change;
  switch (at % 5) {
    case 0:
      return { kind: 'command', actor, command: 'putRule', payload: { generation } };
    case 1:
      return {
        kind: 'transition',
        actor,
        event: { type: 'update' },
        transitions: ['rule.active#update#0'],
        states: ['rule', 'rule.add'],
      };
    case 2:
      return { kind: 'ack', actor, answer: 'applied', payload: { generation } };
    case 3:
      return {
        kind: 'transition',
        actor,
        event: { type: 'applied' },
        transitions: ['rule.add#applied#0'],
        states: ['rule', 'rule.active'],
      };
    default:
      return change % 50 === 0
        ? { kind: 'verification', actor, verdict: 'violated', saw: 'vm-2' }
        : { kind: 'verification', actor, verdict: 'holds' };
  }
}
