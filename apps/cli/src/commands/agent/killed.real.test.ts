/**
 * The agent is killed at random moments while clients change rules and others use them.
 *
 * LIMPET_KILLS: how often (5). LIMPET_SEED: of the moments and the changes (1).
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, AgentRefusal } from '@limpet/agent/client';
import { createRandom } from '@limpet/data-plane';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AgentInLab, openAgentInLab } from '../../../testing/agent-in-lab.ts';

const kills = Number(process.env.LIMPET_KILLS ?? 5);
const seed = Number(process.env.LIMPET_SEED ?? 1);
/** The agent is killed this long after it runs, or was started, at most. */
const longestLifeMs = 700;

const ip = '10.0.53.2';
const vms = ['vm11', 'vm12', 'vm13', 'vm14'].map((vm) => ({ vm, ip: `10.1.1.${vm.slice(2)}`, port: 80 }));
const steady = 80;
const changing = [81, 82, 83];

let agent: AgentInLab;
beforeEach(async () => {
  agent = await openAgentInLab({ publicIps: [ip], vms });
});
afterEach(() => agent.close());

interface Rule {
  algorithm: string;
  members: typeof vms;
}

/** What a writer knows of its rule. */
interface Known {
  /** The version that was answered last; undefined: the rule is gone. */
  acknowledged: Rule | undefined;
  /** The version that is asked for, and not answered yet. */
  asked: Rule | undefined;
  etag: string | undefined;
  changes: number;
}

const pathOf = (port: number): string => `/v1/rules/${ip}:${port}`;

it('loses no change that was answered, makes none twice, and loses no connection', async () => {
  const { client, lab } = agent;
  const random = createRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const start = (): Promise<void> => agent.start({ haproxy: { drainDeadline: '0s' } });
  await start();
  const ask = (from: string, port: number) => ({ client: from, ip, port, protocol: 'tcp' as const });
  const sticky = { members: vms, stickiness: { method: 'SourceBased' } };
  await client.ask('PUT', pathOf(steady), sticky, { 'if-none-match': '*' });
  const clients = Array.from({ length: 8 }, (_, at) => `198.18.0.${at + 1}`);
  const held = await lab.clients.hold(clients.map((from) => ask(from, steady)));

  let ended = false;
  /** Asks again until it is answered, as a client does that was told nothing. */
  const insist = async (method: string, port: number, key: string, known: Known): Promise<void> => {
    const [name, value] = known.etag === undefined ? ['if-none-match', '*'] : ['if-match', known.etag];
    for (;;) {
      try {
        const headers = { [name]: value, 'idempotency-key': key };
        const answer = await client.ask(method, pathOf(port), known.asked, headers);
        known.etag = known.asked && `"${(answer as { generation: number }).generation}"`;
        known.acknowledged = known.asked;
        known.changes++;
        return;
      } catch (error) {
        const isAway =
          (error instanceof AgentError && error.code === 'AGENT_NOT_RUNNING') ||
          (error instanceof AgentRefusal && /^AGENT_ST/.test(error.code));
        if (!isAway) throw error;
        await sleep(20);
      }
    }
  };
  const write = async (port: number): Promise<Known> => {
    const known: Known = { acknowledged: undefined, asked: undefined, etag: undefined, changes: 0 };
    all.set(port, known);
    while (!ended) {
      const goes = known.acknowledged !== undefined && random() < 0.15;
      const some = vms.filter(() => random() < 0.7);
      // Another one each time: what is there already is not made again, and takes no generation.
      const others = ['roundrobin', 'leastconn', 'source'].filter((each) => each !== known.acknowledged?.algorithm);
      known.asked = goes ? undefined : { algorithm: pick(others), members: some };
      await insist(goes ? 'DELETE' : 'PUT', port, `${port}-${known.changes}`, known);
    }
    return known;
  };
  const load = async (): Promise<number> => {
    let connections = 0;
    while (!ended) {
      const answers = await lab.clients.ask(clients.map((from) => ask(from, steady)));
      // HAProxy ends a connection on which nobody says anything for 50 s (timeouts.client).
      const heldAnswers = await lab.clients.askHeld(held.map(({ id }) => id));
      expect([...answers, ...heldAnswers].filter(({ ok }) => !ok)).toEqual([]);
      connections += answers.length;
    }
    return connections;
  };
  const kill = async (): Promise<void> => {
    for (let killed = 0; killed < kills; killed++) {
      await sleep(random() * longestLifeMs);
      await agent.stop('SIGKILL');
      // Every third is killed again while it starts.
      if (killed % 3 !== 2) await start();
      else start().catch(() => {});
    }
    await agent.stop('SIGKILL');
    await start();
    ended = true;
  };
  const all = new Map<number, Known>();
  const writers = changing.map(write);
  const loaded = load();
  await Promise.race([kill(), ...writers, loaded]);
  await Promise.all([...writers, loaded]);

  const { revision, rules } = (await client.ask('GET', '/v1/rules')) as {
    revision: number;
    rules: { rule: Rule & { port: number }; status: { conditions: { type: string; status: string }[] } }[];
  };
  const changes = [...all.values()].reduce((sum, known) => sum + known.changes, 0);
  // One generation for the steady rule, and one for each change.
  expect(revision).toBe(1 + changes);
  for (const [port, { acknowledged }] of all) {
    const found = rules.find(({ rule }) => rule.port === port);
    expect(found && { algorithm: found.rule.algorithm, members: found.rule.members.map(({ vm }) => vm) }).toEqual(
      acknowledged && { algorithm: acknowledged.algorithm, members: acknowledged.members.map(({ vm }) => vm) },
    );
    const answers = await lab.clients.ask(clients.map((from) => ask(from, port)));
    const reached = new Set(answers.flatMap((answer) => (answer.ok ? [answer.vm] : [])));
    const may = new Set(acknowledged?.members.map(({ vm }) => vm));
    expect([...reached].filter((vm) => !may.has(vm))).toEqual([]);
    expect(reached.size > 0).toBe(may.size > 0);
  }
  const still = await lab.clients.askHeld(held.map(({ id }) => id));
  expect(still.filter(({ ok }) => !ok)).toEqual([]);
  expect(agent.violations).toEqual([]);
  console.log(`${kills} kills, ${changes} changes, ${await loaded} connections of clients, seed ${seed}`);
});
