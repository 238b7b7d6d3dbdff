/**
 * A change every 50 ms on 50 rules of 10 members, while clients use all of them.
 *
 * LIMPET_SOAK: seconds; `npm run soak` takes 600, CI a minute, a person's machine 5 seconds. LIMPET_SEED: of the changes (1).
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '@limpet/data-plane';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AgentInLab, limpetWithin, openAgentInLab } from '../../../testing/agent-in-lab.ts';
import { type ProcessFigures, processFigures } from '../../../testing/process-figures.ts';

const seconds = Number(process.env.LIMPET_SOAK ?? (process.env.CI === 'true' ? 60 : 5));
const seed = Number(process.env.LIMPET_SEED ?? 1);
const everyMs = 50;
/** Changes that may be underway: a machine that is slower makes fewer. */
const mostUnderway = 20;
/** A reload, every so many changes. */
const reloadEvery = 100;
const samplesMs = 500;
/** A router has 512 MB in all. */
const heapMb = 96;
/** Only a run that is long enough tells growth from what a young process takes. */
const tellingSeconds = 50;

const ip = '10.0.53.2';
const vms = Array.from({ length: 10 }, (_, at) => ({ vm: `vm${11 + at}`, ip: `10.1.1.${11 + at}`, port: 8080 }));
const clients = Array.from({ length: 4 }, (_, at) => `198.18.0.${at + 1}`);
const ports = Array.from({ length: 50 }, (_, at) => 8100 + at);
/** Nobody changes these: their clients have to stay where they are. */
const steady = ports.slice(0, 25);
const changing = ports.slice(25);

let agent: AgentInLab;
beforeEach(async () => {
  // A machine that does other work answers late, and that is no failed connection.
  agent = await openAgentInLab({ publicIps: [ip], vms, timeoutMs: 60_000 }, limpetWithin(heapMb));
});
afterEach(() => agent.close());

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const at = (values: readonly number[], share: number): number =>
  Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0);

it(`loses no connection and moves no client in ${seconds} s of changes, and its memory stays as it is`, async () => {
  const { client, lab } = agent;
  const random = createRandom(seed);
  await agent.start({ haproxy: { drainDeadline: '1s' } });
  const rule = (port: number) => ({
    ip,
    port,
    members: vms,
    stickiness: { method: steady.includes(port) ? 'SourceBased' : 'none' },
  });
  await client.ask('PUT', '/v1/rules', { rules: ports.map(rule) }, { 'if-match': '*' });

  const ask = (from: string, port: number) => ({ client: from, ip, port, protocol: 'tcp' as const });
  const sticky = steady.flatMap((port) => clients.map((from) => ask(from, port)));
  const others = changing.flatMap((port) => clients.map((from) => ask(from, port)));
  const vmsOf = (answers: readonly { ok: boolean; vm?: string; error?: string }[]): string[] =>
    answers.map((answer) => answer.vm ?? `failed: ${answer.error}`);
  const homes = vmsOf(await lab.clients.ask(sticky));
  const held = await lab.clients.hold(sticky);
  const began = performance.now();
  const isOver = (): boolean => performance.now() - began > seconds * 1000;

  const failed: string[] = [];
  const moved: string[] = [];
  let connections = 0;
  /** Who is where it was: `port client: VM`. */
  const compare = (answers: readonly string[]): void => {
    for (const [index, vm] of answers.entries()) {
      const { client: from, port } = sticky[index]!;
      if (vm.startsWith('failed')) failed.push(`${port} ${from}: ${vm}`);
      else if (vm !== homes[index]) moved.push(`${port} ${from}: ${vm}, and was on ${homes[index]}`);
    }
  };
  const use = async (): Promise<void> => {
    while (!isOver()) {
      compare(vmsOf(await lab.clients.ask(sticky)));
      compare(vmsOf(await lab.clients.askHeld(held.map(({ id }) => id))));
      failed.push(...vmsOf(await lab.clients.ask(others)).filter((vm) => vm.startsWith('failed')));
      connections += sticky.length + others.length;
      await sleep(everyMs);
    }
  };

  const took: number[] = [];
  const refused: string[] = [];
  const busy = new Set<number>();
  let made = 0;
  /** Some members go, drain or get another weight; now and then the algorithm changes, which is a reload. */
  const change = async (): Promise<void> => {
    const free = changing.filter((port) => !busy.has(port));
    const port = free[Math.floor(random() * free.length)];
    if (port === undefined) return;
    busy.add(port);
    made++;
    const members = vms
      .filter((_, index) => index < 4 || random() < 0.8)
      .map((vm, index) => ({
        ...vm,
        state: index < 3 || random() < 0.8 ? 'serving' : random() < 0.5 ? 'draining' : 'maintenance',
        weight: 1 + Math.floor(random() * 10),
      }));
    const algorithm = Math.floor(made / reloadEvery) % 2 === 0 || port !== changing[0] ? 'roundrobin' : 'leastconn';
    const sent = performance.now();
    await client
      .ask('PUT', `/v1/rules/${ip}:${port}`, { members, algorithm }, { 'if-match': '*' })
      .then(() => took.push(performance.now() - sent))
      .catch((error: Error) => refused.push(error.message));
    busy.delete(port);
  };
  const changeAll = async (): Promise<void> => {
    const underway = new Set<Promise<void>>();
    for (let next = everyMs; !isOver(); next += everyMs) {
      await sleep(Math.max(0, next - (performance.now() - began)));
      if (underway.size >= mostUnderway) await Promise.race(underway);
      const one = change().finally(() => underway.delete(one));
      underway.add(one);
    }
    await Promise.all(underway);
  };

  const samples: ProcessFigures[] = [];
  const sample = async (): Promise<void> => {
    while (!isOver()) {
      samples.push(await processFigures(client));
      await sleep(samplesMs);
    }
  };
  await Promise.all([use(), changeAll(), sample()]);

  const [first, last] = [samples[0]!, await processFigures(client)];
  const third = Math.ceil(samples.length / 3);
  const [middle, end] = [samples.slice(third, 2 * third), samples.slice(2 * third)].map((some) =>
    median(some.map(({ residentMb }) => residentMb)),
  ) as [number, number];
  const ran = (performance.now() - began) / 1000;
  console.log(
    [
      `${Math.round(ran)} s, seed ${seed}: ${took.length} changes (${(took.length / ran).toFixed(1)}/s), ${last.reloads - first.reloads} reloads`,
      `in force after ms: p50 ${at(took, 0.5)}, p99 ${at(took, 0.99)}, most ${at(took, 0.9999)}`,
      `${connections} connections, ${failed.length} failed; ${moved.length} clients of unchanged rules moved; ${agent.violations.length} violations`,
      `MB: ${Math.round(first.residentMb)} at the start, ${Math.round(middle)} in the middle, ${Math.round(end)} at the end; CPU ${Math.round((100 * (last.cpuSeconds - first.cpuSeconds)) / ran)} %`,
    ].join('\n'),
  );
  expect({ failed, moved, refused }).toEqual({ failed: [], moved: [], refused: [] });
  expect(agent.violations).toEqual([]);
  expect(await client.ask('GET', '/healthz')).toEqual({ ok: true, why: [] });
  expect((await client.status()).inForce).toBe(true);
  expect(last.started).toBe(first.started);
  if (seconds >= tellingSeconds) expect(end).toBeLessThan(middle * 1.2 + 10);
});
