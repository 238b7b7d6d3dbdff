import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AgentInMemory, ip, openAgent, vms } from '@limpet/agent/testing';
import { proxyPage, type ServedPage } from '@limpet/inspector';
import { launchBrowser, pageFiles, type TestBrowser, violationsOf } from '@limpet/inspector/testing/browser';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const token = 'a'.repeat(64);
const create = { 'if-none-match': '*' };
/** What would run, call out or close an element if a text were taken as markup. */
const hostile = `</script><script>document.title='owned'</script><img src="http://evil.example/x" onerror="document.title='owned'">"'&lt;`;

let browser: TestBrowser;
const opened: AgentInMemory[] = [];
const proxies: ServedPage[] = [];
beforeAll(async () => {
  browser = await launchBrowser();
});
afterEach(async () => {
  await browser.closePages();
  for (const proxy of proxies.splice(0)) await proxy.close();
  for (const agent of opened.splice(0)) await agent.close();
});
afterAll(() => browser.close());

async function open(more: object = {}): Promise<AgentInMemory> {
  const agent = await openAgent({ page: pageFiles, ...more });
  opened.push(agent);
  return agent;
}

/** The page as `limpet inspect` opens it. */
async function inspect(agent: AgentInMemory, how?: Parameters<TestBrowser['goTo']>[1]) {
  const proxy = await proxyPage({ socketPath: agent.socket, folder: '/inspect' });
  proxies.push(proxy);
  return browser.goTo(proxy.address, how);
}

it('shows over the socket what the agent does, as it does it', async () => {
  const agent = await open();
  await agent.ask('PUT', `/v1/rules/${ip}:80`, { members: vms }, create);
  const { page, troubles, elsewhere } = await inspect(agent);
  expect(await page.locator('h1').innerText()).toContain('the router in /limpet');
  await page.getByRole('tab', { name: 'Fleet' }).click();
  const cards = page.locator('.group-card');
  await expect.poll(() => cards.allInnerTexts()).toEqual([expect.stringMatching(/203\.0\.113\.10:80[\s\S]*in force/)]);
  await agent.ask('PUT', '/v1/rules/192.0.2.1:80', { members: vms }, create);
  await expect
    .poll(() => cards.allInnerTexts())
    .toEqual([expect.stringMatching(/192\.0\.2\.1:80[\s\S]*not in force/), expect.anything()]);
  await cards.first().click();
  await expect
    .poll(() => page.locator('.state[data-active]').allInnerTexts())
    .toContainEqual(expect.stringContaining('refused'));
  await agent.ask('DELETE', '/v1/rules/192.0.2.1:80', undefined, { 'if-match': '*' });
  await page.getByRole('tab', { name: 'Fleet' }).click();
  await expect.poll(() => cards.count()).toBe(1);
  expect(await page.getByRole('button', { name: /^Send/ }).count()).toBe(0);
  expect(await violationsOf(page)).toEqual([]);
  expect({ troubles, elsewhere }).toEqual({ troubles: [], elsewhere: [] });
});

describe('all of a rule', () => {
  /** By the digests of their names, it stands in the same file of the configuration. */
  const neighbour = `${ip}:265`;
  async function openRouter(how?: Parameters<TestBrowser['goTo']>[1]) {
    const agent = await open();
    const stickiness = { method: 'SourceBased' };
    await agent.ask('PUT', `/v1/rules/${ip}:80`, { members: vms, stickiness }, create);
    await agent.ask('PUT', `/v1/rules/${neighbour}`, { members: vms.slice(0, 1) }, create);
    await agent.dataPlane.clients.ask([{ client: '198.18.0.1', ip, port: 80, protocol: 'tcp' }]);
    const opened = await inspect(agent, how);
    await opened.page.getByRole('tab', { name: 'Router' }).click();
    await opened.page.getByRole('button', { name: `Details of ${ip}:80`, exact: true }).press('Enter');
    const rule = opened.page.getByRole('region', { name: `Rule ${ip}:80`, exact: true });
    await rule.getByRole('heading', { name: 'Plan' }).waitFor();
    return { agent, ...opened, rule };
  }

  it('is told as it is on the router, and follows what happens', async () => {
    const { agent, rule, troubles } = await openRouter();
    const section = (name: string) => rule.getByRole('region', { name, exact: true });
    expect(await section('Desired and live').innerText()).toContain('No field differs.');
    expect(await section('Plan').innerText()).toContain('Nothing is left to do.');
    expect(await section('Conditions').innerText()).toMatch(/InForce True \(Verified\)/);
    expect(await section('Servers').getByRole('row').count()).toBe(1 + vms.length);
    expect(await section('Sticky clients').getByRole('rowheader').allInnerTexts()).toEqual(['198.18.0.1']);

    await expect.poll(() => rule.locator('.plot').innerText()).toContain('vm11: last 0, at most 0');

    await agent.dataPlane.haproxy.runtime(['set server 203_0_113_10-80/vm12 weight 7']);
    await rule.getByRole('button', { name: 'Refresh' }).click();
    const differing = section('Servers').locator('tr[data-differs]');
    await expect.poll(() => differing.allInnerTexts()).toEqual([expect.stringContaining('weight 7')]);
    expect(await section('Plan').innerText()).toContain('vm12');

    await agent.ask('PUT', `/v1/rules/${ip}:80`, { members: vms.slice(1), algorithm: 'source' }, { 'if-match': '*' });
    await expect.poll(() => section('Servers').getByRole('row').count()).toBe(vms.length);
    expect(await section('Desired and live').innerText()).toMatch(/algorithm\s+source\s+source/);
    expect(troubles).toEqual([]);
  });

  it('has the configuration, in which each line leads to the rule that caused it', async () => {
    const { page, rule } = await openRouter();
    const parts = rule.locator('.config-file').first().locator('.config-part');
    let next = 1;
    for (const part of await parts.all()) {
      expect(await part.locator('ol').getAttribute('start')).toBe(`${next}`);
      next += await part.locator('li').count();
    }
    expect(next).toBeGreaterThan(20);
    const elsewhere = parts.filter({ has: page.getByRole('button', { name: neighbour }) });
    expect(await elsewhere.innerText()).toContain(`bind ${neighbour} name public`);
    await elsewhere.getByRole('button').press('Enter');
    const shown = page.getByRole('region', { name: `Rule ${neighbour}`, exact: true });
    await expect.poll(() => shown.locator('.config-part[data-own]').innerText()).toContain('listen 203_0_113_10-265');
  });

  it.each([
    [1280, 'light'],
    [400, 'dark'],
  ] as const)('has nothing that axe objects to, %d pixels wide and %s', async (width, colorScheme) => {
    const { page, troubles } = await openRouter({ viewport: { width, height: 800 }, colorScheme });
    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(troubles).toEqual([]);
  });
});

it('is shown over TCP to those alone who have the token', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const bare = await open();
  const tokenFile = `${bare.folder}/token`;
  await writeFile(tokenFile, token, { mode: 0o600 });
  const agent = await open({ tcp: { listen: `127.0.0.1:${port}`, tokenFile } });
  await agent.ask('PUT', `/v1/rules/${ip}:80`, { members: vms }, create);
  const address = `http://127.0.0.1:${port}/inspect/`;
  // Chromium shows nothing of a page whose dialog nobody answers.
  await expect(browser.goTo(address)).rejects.toThrow('ERR_INVALID_AUTH_CREDENTIALS');
  const { page, troubles } = await browser.goTo(address, { httpCredentials: { username: '', password: token } });
  await page.getByRole('tab', { name: 'Router' }).click();
  await expect.poll(() => page.locator('.router-view tbody').innerText()).toMatch(/203\.0\.113\.10:80[\s\S]*True/);
  expect(troubles).toEqual([]);
});

/** The same value with the hostile text in place of every text but the rule's id. */
const withHostileTexts = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, each: unknown) =>
    key === 'rule' || typeof each !== 'string' ? each : `${each}${hostile}`,
  );

it('shows texts as texts, whatever stands in them', async () => {
  const agent = await open();
  const unreadable = [{ key: { ip, port: 81 }, message: hostile }];
  const rule = { ip, port: 80, members: vms, stickiness: { method: 'SourceBased' } };
  const answered = await agent.ask('PUT', '/v1/rules', { rules: [rule], unreadable }, { 'if-match': '*' });
  expect(JSON.stringify(answered.body)).toContain('onerror');
  agent.agent.recording.told({ type: 'input-refused', message: hostile });
  const { page, troubles, elsewhere } = await inspect(agent);
  for (const view of ['Timeline', 'Fleet', 'Router', 'Statechart']) {
    await page.getByRole('tab', { name: view }).click();
    await page.locator('.view').waitFor();
    expect(await page.locator('.view script, .view img').count()).toBe(0);
  }
  await page.getByRole('tab', { name: 'Fleet' }).click();
  await expect.poll(() => page.locator('.fleet').innerText()).toContain(hostile);
  await page.getByRole('tab', { name: 'Timeline' }).click();
  await expect.poll(() => page.locator('.message-table').innerText()).toContain(`the input is refused: ${hostile}`);
  // The schemas let no such text into the rule itself: the page must not rely on it.
  await page.route('**/rules/*', async (route) => {
    const view: unknown = await (await route.fetch()).json();
    await route.fulfill({ json: withHostileTexts(view) });
  });
  await page.getByRole('tab', { name: 'Router' }).click();
  await page.getByRole('button', { name: `Details of ${ip}:80` }).click();
  const details = page.locator('.rule-details');
  for (const heading of ['Plan', 'Servers', 'Sticky clients', 'Configuration'])
    await expect
      .poll(() => details.getByRole('region', { name: heading, exact: true }).innerText())
      .toContain('onerror=');
  expect(await page.locator('.view script, .view img').count()).toBe(0);
  expect(await page.title()).not.toBe('owned');
  expect({ troubles, elsewhere }).toEqual({ troubles: [], elsewhere: [] });
});
