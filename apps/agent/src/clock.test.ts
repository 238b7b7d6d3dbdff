import { createMemoryDataPlane, createVirtualClock } from '@limpet/data-plane';
import { afterEach, expect, it } from 'vitest';
import { type AgentInMemory, ip, openAgent, vms } from '../testing/agents.ts';

const hour = 3_600_000;
const opened: AgentInMemory[] = [];
afterEach(async () => {
  for (const agent of opened.splice(0)) await agent.close();
});

/** A machine whose clock can be set. HAProxy measures time by a clock of its own, which nobody sets. */
async function machine() {
  const clock = createVirtualClock();
  let offset = 0;
  const settable = { ...clock, now: () => clock.now() + offset };
  const host = createMemoryDataPlane({ localAddresses: [ip], clock });
  await host.vms.start(vms);
  const dataPlane = { ...host, clock: settable };
  const open = async (): Promise<AgentInMemory> => {
    const agent = await openAgent({ dataPlane });
    opened.push(agent);
    return agent;
  };
  return { dataPlane, open, set: (ms: number) => (offset += ms) };
}

const put = (agent: AgentInMemory, port: number, headers: Record<string, string> = {}) =>
  agent.ask('PUT', `/v1/rules/${ip}:${port}`, { members: vms }, { 'if-none-match': '*', ...headers });

it.each([
  ['while it runs', false],
  ['while it is away', true],
])('goes on when the clock is set back an hour %s', async (_, restarts) => {
  const { open, set } = await machine();
  let agent = await open();
  const first = await put(agent, 80, { 'idempotency-key': 'a' });
  const known = agent.agent.events.last;
  if (restarts) await agent.agent.stop();
  set(-hour);
  if (restarts) agent = await open();

  expect((await put(agent, 80, { 'idempotency-key': 'a' })).body).toEqual(first.body);
  expect(await put(agent, 81)).toMatchObject({ status: 201, body: { generation: 2 } });
  const { body } = await agent.ask('GET', '/v1/status');
  expect(body.inForce).toBe(true);
  expect((await agent.ask('GET', '/readyz')).status).toBe(200);
  const told = agent.agent.events.after(known);
  expect(told.lost).toBe(restarts);
  expect(told.events.map(({ event }) => event.type)).toContain('settled');
});

it('looks for drift after the clock was set back', async () => {
  const { dataPlane, open, set } = await machine();
  const agent = await open();
  await put(agent, 80);
  set(-hour);
  await dataPlane.haproxy.runtime(['set server 203_0_113_10-80/vm11 state maint']);
  await expect
    .poll(async () => {
      await dataPlane.clock.sleep(5_000);
      return agent.agent.driver.router.activity().drifted;
    })
    .toBe(1);
});
