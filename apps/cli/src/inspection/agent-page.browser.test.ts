import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AgentInMemory, ip, openAgent, vms } from '@limpet/agent/testing';
import { proxyPage, type ServedPage } from '@limpet/inspector';
import { launchBrowser, pageFiles, type TestBrowser, violationsOf } from '@limpet/inspector/testing/browser';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

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
async function inspect(agent: AgentInMemory) {
  const proxy = await proxyPage({ socketPath: agent.socket, folder: '/inspect' });
  proxies.push(proxy);
  return browser.goTo(proxy.address);
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

it('shows texts as texts, whatever stands in them', async () => {
  const agent = await open();
  const unreadable = [{ key: { ip, port: 81 }, message: hostile }];
  const answered = await agent.ask(
    'PUT',
    '/v1/rules',
    { rules: [{ ip, port: 80, members: vms }], unreadable },
    { 'if-match': '*' },
  );
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
  expect(await page.title()).not.toBe('owned');
  expect({ troubles, elsewhere }).toEqual({ troubles: [], elsewhere: [] });
});
