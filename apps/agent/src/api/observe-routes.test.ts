import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AgentInMemory, ip, openAgent, vms } from '../../testing/agents.ts';
import { mostStreams } from './streams.ts';

let agent: AgentInMemory;
beforeEach(async () => {
  agent = await openAgent();
});
afterEach(() => agent.close());

const path = `/v1/rules/${ip}:80`;
const create = { 'if-none-match': '*' };

/** A stream of events, as a browser reads it. */
async function listen(headers: Record<string, string> = {}, query = '') {
  const ended = new AbortController();
  const answer = await agent.agent.app.request(`/v1/events${query}`, { headers, signal: ended.signal });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  /** The next events, as `event data`, with the ids of those that have one. */
  const take = async (count: number) => {
    const taken: { id: string; event: string; data: Record<string, unknown> }[] = [];
    while (taken.length < count) {
      const end = buffer.indexOf('\n\n');
      if (end < 0) {
        const { value, done } = await reader.read();
        if (done) break;
        buffer += value;
        continue;
      }
      const fields = Object.fromEntries(
        buffer
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      buffer = buffer.slice(end + 2);
      if (fields.event) taken.push({ id: fields.id ?? '', event: fields.event, data: JSON.parse(fields.data!) });
    }
    return taken;
  };
  return { take, cancel: () => reader.cancel(), first: () => reader.read() };
}

it('tells what happens, in order, to all who listen', async () => {
  const stream = await listen();
  await stream.first();
  await agent.ask('PUT', path, { members: vms }, create);
  const events = await stream.take(5);
  expect(events.map(({ event }) => event)).toEqual(['command', 'settled', 'condition', 'condition', 'condition']);
  expect(events[1]!.data).toMatchObject({ rule: `${ip}:80`, generation: 1, outcome: 'applied' });
  expect(events[4]!.data).toMatchObject({ condition: 'InForce', status: 'True', reason: 'Verified' });
  const ids = events.map(({ id }) => Number(id));
  expect(ids).toEqual(ids.map((_, at) => ids[0]! + at));
  await stream.cancel();
});

it('goes on after the last event that a client has seen, and says when some are gone', async () => {
  await agent.ask('PUT', path, { members: vms }, create);
  const from = agent.agent.events.last;
  const stream = await listen({ 'last-event-id': String(from - 2) });
  expect((await stream.take(2)).map(({ id }) => Number(id))).toEqual([from - 1, from]);
  await stream.cancel();
  const old = await listen({}, '?after=7');
  expect((await old.take(2)).map(({ event }) => event)).toEqual(['lost', 'running']);
  await old.cancel();
  const ahead = await listen({ 'last-event-id': String(from + 3_600_000_000) });
  expect((await ahead.take(2)).map(({ event }) => event)).toEqual(['lost', 'running']);
  await ahead.cancel();
});

it('has no queue for a reader that takes nothing: it goes on with what is kept, and is told what is not', async () => {
  const stream = await listen();
  await stream.first();
  const { events } = agent.agent;
  for (let at = 0; at < 3_000; at++) events.add({ type: 'input-refused', message: `no ${at}` });
  const taken = await stream.take(2_001);
  expect(taken[0]).toMatchObject({ event: 'lost' });
  expect(Number(taken[1]!.id)).toBe(events.last - 1_999);
  expect(Number(taken.at(-1)!.id)).toBe(events.last);
  await stream.cancel();
});

it('ends when the agent stops', async () => {
  const stream = await listen();
  await stream.first();
  await agent.agent.stop();
  expect((await stream.take(10)).map(({ event }) => event)).toEqual(['stopping']);
});

it('keeps room for requests: of streams, the one that is too many is refused, until another ends', async () => {
  const open = (at: number) => agent.agent.app.request(at % 2 ? '/v1/events' : '/inspect/feed');
  const streams = await Promise.all(Array.from({ length: mostStreams }, (_, at) => open(at)));
  expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
  for (const at of [0, 1]) {
    const refused = await open(at);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'AGENT_BUSY', detail: expect.stringContaining('close one') });
  }
  expect(await agent.ask('GET', '/readyz')).toMatchObject({ status: 200 });
  for (const { body } of streams.splice(0, 2)) await body!.cancel();
  await expect.poll(async () => (await open(0)).status).toBe(200);
  await expect.poll(async () => (await open(1)).status).toBe(200);
});

it('has metrics of what is desired and in force, without a label for a VM', async () => {
  await agent.ask('PUT', path, { members: vms }, create);
  await agent.ask('PUT', '/v1/rules/192.0.2.1:80', { members: vms }, create);
  await agent.dataPlane.clients.ask([{ client: '198.18.0.1', ip, port: 80, protocol: 'tcp' }]);
  const { body, headers } = await agent.ask('GET', '/metrics');
  expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const ours = (body as string).split('\n').filter((line) => /^limpet_(?!in_force)/.test(line));
  expect(ours).toEqual([
    'limpet_commands_total{command="putRule",outcome="applied"} 1',
    'limpet_commands_total{command="putRule",outcome="refused"} 1',
    'limpet_input_refusals_total 0',
    'limpet_unauthorized_requests_total 0',
    'limpet_model_violations_total 0',
    'limpet_generation_desired 2',
    'limpet_generation_observed 1',
    'limpet_ready 1',
    'limpet_haproxy_up 1',
    'limpet_haproxy_connections 0',
    'limpet_haproxy_connections_limit 0',
    'limpet_haproxy_worker_uptime_seconds 0',
    'limpet_rules{condition="Accepted",status="True"} 1',
    'limpet_rules{condition="Accepted",status="False"} 1',
    'limpet_rules{condition="Accepted",status="Unknown"} 0',
    'limpet_rules{condition="Programmed",status="True"} 1',
    'limpet_rules{condition="Programmed",status="False"} 1',
    'limpet_rules{condition="Programmed",status="Unknown"} 0',
    'limpet_rules{condition="InForce",status="True"} 1',
    'limpet_rules{condition="InForce",status="False"} 1',
    'limpet_rules{condition="InForce",status="Unknown"} 0',
    'limpet_rules_not_in_force{reason="AddressNotLocal"} 1',
    `limpet_rule_members{rule="${ip}:80",state="up"} 3`,
    `limpet_rule_members{rule="${ip}:80",state="down"} 0`,
    `limpet_rule_members{rule="${ip}:80",state="draining"} 0`,
    `limpet_rule_members{rule="${ip}:80",state="maintenance"} 0`,
    'limpet_haproxy_reloads_total{cause="rule-added"} 0',
    'limpet_haproxy_reloads_total{cause="rule-removed"} 0',
    'limpet_haproxy_reloads_total{cause="rule-changed"} 0',
    'limpet_haproxy_reloads_total{cause="restore"} 0',
    'limpet_haproxy_starts_total 1',
    'limpet_haproxy_runtime_changes_total 0',
    'limpet_drift_total 0',
    'limpet_probe_failures_total 0',
    `limpet_rule_connections_total{rule="${ip}:80"} 1`,
    `limpet_rule_sessions_total{rule="${ip}:80"} 1`,
    `limpet_rule_requests_total{rule="${ip}:80"} 0`,
    expect.stringMatching(/^limpet_rule_received_bytes_total/),
    expect.stringMatching(/^limpet_rule_sent_bytes_total/),
  ]);
  expect(body).toContain('limpet_in_force_seconds_count 1');
  expect(body).not.toMatch(/vm1[123]/);
  // As promtool check metrics demands.
  expect(body).not.toMatch(/^# TYPE \S+_total (?!counter)/m);
});

it('logs what happens as JSON, with rule and generation', async () => {
  await agent.ask('PUT', path, { members: vms }, create);
  const settled = agent.log.find(({ msg }) => msg === 'settled');
  expect(settled).toMatchObject({ level: 30, rule: `${ip}:80`, generation: 1, outcome: 'applied' });
});
