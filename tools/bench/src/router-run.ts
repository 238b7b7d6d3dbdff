import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unprivileged } from '@limpet/cloudstack';
import type { CommandResult, RuleRecord } from '@limpet/contract';
import { createRealDataPlane, type DataPlane, systemClock } from '@limpet/data-plane';
import { readShowProc } from '@limpet/haproxy';
import { type Lab, openLab } from '@limpet/lab';
import { createCloudStackRouter, createHaproxyRouter, explainPlan, type Router } from '@limpet/router';
import { type AgentFigures, AgentProcess } from './agent-process.ts';
import { type Change, reloadChanges, runtimeChanges } from './router-changes.ts';
import { type Cost, Costs, timed } from './router-costs.ts';
import { privatePort, publicIp, ruleOf } from './router-fleet.ts';
import { obeys, type StickySign } from './router-observe.ts';
import { maxConnections } from './router-room.ts';

/** Which router is measured, on how large a fleet, and how long. */
export interface RunOptions {
  router: 'haproxy' | 'cloudstack' | 'agent';
  /** The words that run `limpet`, of which the agent is measured. */
  agentProgram?: readonly string[];
  rules: number;
  members: number;
  /** Changes of each sort are made for so many milliseconds, */
  budgetMs: number;
  /** or until there are so many. */
  samples: number;
}

/** Milliseconds from a change's being sent to its being in force, one a change. */
export interface Measured {
  runtimeMs: number[];
  reloadMs: number[];
  /** By change: the same, to see which one is slow. */
  byChange: Record<string, number[]>;
  /** Answers that HAProxy contradicted, of a router whose answer says that the change is in force. */
  untrue: number;
  /** Changes that HAProxy did not obey in time, of a router whose answer does not say so. They are in no other figure. */
  lost: number;
  /** One runtime command over the socket, and nothing else. */
  floorMs: number[];
  /** Pure: the plan for one changed rule among all. */
  planMs: number[];
  startMs: number;
  /** Mebibytes: this process with the router in it, and before that; HAProxy's current worker. */
  nodeMiB: number;
  emptyMiB: number;
  workerMiB: number;
  /** Of the runtime changes: where the time went, a change. */
  costs: Cost[];
  /** Milliseconds a runtime change in which the router did not wait for its machine: its own work. */
  ownMs: number;
  /** Of an agent: what its process takes. */
  agent?: AgentFigures | undefined;
}

const obeyPollMs = 2;
const obeyLimitMs = 10_000;
const floorCalls = 200;

interface Bench {
  dataPlane: DataPlane;
  router: Pick<Router, 'putRule' | 'removeRule' | 'syncRules' | 'close'>;
  sign: StickySign;
  /** CloudStack's answer says nothing of the data plane: there, the data plane is asked until it obeys. */
  answerSaysNothing: boolean;
  agent?: AgentProcess;
}

/** Measures one router at one size. Only in a box, and best in a process of its own: memory is measured, too. */
export async function measure(options: RunOptions): Promise<Measured> {
  const emptyMiB = ownMiB();
  const lab = await openLab({ publicIps: [publicIp], vms: [{ vm: 'all', ip: '0.0.0.0', port: privatePort }] });
  try {
    const dir = join(lab.dir, 'router');
    await mkdir(dir);
    const plain = createRealDataPlane({ exec: lab.exec, spawn: lab.spawn, dir, clock: systemClock });
    const costs = new Costs();
    const bench = await open(options, timed(plain, costs), lab, dir);
    try {
      const run = new Run(options, { ...bench, dataPlane: plain }, costs);
      return { ...(await run.all()), emptyMiB };
    } finally {
      await bench.router.close();
    }
  } finally {
    await lab.close();
  }
}

async function open(
  { router, agentProgram = [] }: RunOptions,
  dataPlane: DataPlane,
  lab: Lab,
  dir: string,
): Promise<Bench> {
  if (router === 'agent') return openAgent(dataPlane, lab, dir, agentProgram);
  if (router === 'haproxy') {
    const settings = { maxConnections };
    const sign = { map: join(dir, 'stick.map') };
    return {
      dataPlane,
      sign,
      answerSaysNothing: false,
      router: await createHaproxyRouter({ dataPlane, dir, settings }),
    };
  }
  return {
    dataPlane,
    sign: 'table',
    answerSaysNothing: true,
    router: await createCloudStackRouter({
      dataPlane,
      // With #9822 on: 4.19.1 would not even try some of the changes (apache/cloudstack#9583).
      version: '4.20.0',
      paths: { config: join(dir, 'haproxy.cfg'), databag: join(dir, 'loadbalancer.json') },
      settings: { maxconn: maxConnections, omit: unprivileged, statsSocket: join(dir, 'admin.sock') },
    }),
  };
}

async function openAgent(dataPlane: DataPlane, lab: Lab, dir: string, program: readonly string[]): Promise<Bench> {
  const agent = await AgentProcess.start(lab, dir, program);
  const close = async (): Promise<void> => {
    await agent.stop();
    await dataPlane.haproxy.stop();
  };
  const router = { ...agent.client.commands(), close };
  return { dataPlane, agent, router, sign: { map: join(dir, 'stick.map') }, answerSaysNothing: false };
}

class Run {
  readonly #options: RunOptions;
  readonly #bench: Bench;
  readonly #costs: Costs;
  readonly #byChange: Record<string, number[]> = {};
  #generation = 0;
  #untrue = 0;
  #lost = 0;

  constructor(options: RunOptions, bench: Bench, costs: Costs) {
    this.#options = options;
    this.#bench = bench;
    this.#costs = costs;
  }

  async all(): Promise<Omit<Measured, 'emptyMiB'>> {
    const { rules, members } = this.#options;
    const fleet = Array.from({ length: rules }, (_, index) => ruleOf(index, members));
    const startMs = await this.#start(fleet);
    // The first rounds warm the compiler up, and wait until a worker without a peer takes its tables to be complete (5 s).
    await this.#round([...runtimeChanges(fleet[0]!, 0), ...reloadChanges(fleet[0]!, rules)]);
    this.#forget();
    const runtimeMs = await this.#rounds((at) => runtimeChanges(fleet[at % rules]!, at % rules));
    const costs = this.#costs.list.map(({ what, calls, ms }) => ({
      what,
      calls: calls / runtimeMs.length,
      ms: ms / runtimeMs.length,
    }));
    const ownMs = (sum(runtimeMs) - this.#costs.busyMs) / runtimeMs.length;
    const reloadMs = await this.#rounds((at) => reloadChanges(fleet[at % rules]!, rules));
    const { agent } = this.#bench;
    return {
      agent: await agent?.measure(fleet, this.#options.budgetMs, () => ++this.#generation),
      runtimeMs,
      reloadMs,
      byChange: this.#byChange,
      untrue: this.#untrue,
      lost: this.#lost,
      floorMs: await this.#floor(fleet[0]!),
      planMs: this.#plan(fleet),
      startMs,
      nodeMiB: ownMiB(),
      workerMiB: await this.#workerMiB(),
      costs,
      ownMs,
    };
  }

  async #start(fleet: readonly RuleRecord[]): Promise<number> {
    const began = performance.now();
    const versioned = fleet.map((rule) => ({ rule, generation: ++this.#generation }));
    const answer = await this.#bench.router.syncRules({
      type: 'syncRules',
      snapshot: { rules: versioned, revision: this.#generation },
    });
    hold(answer, 'all rules');
    if (!(await this.#untilObeyed(fleet.at(-1)!, fleet.at(-1)!))) throw new Error('HAProxy does not serve the rules');
    return performance.now() - began;
  }

  #forget(): void {
    for (const name of Object.keys(this.#byChange)) delete this.#byChange[name];
    this.#costs.reset();
  }

  /** Rounds of changes, until the time is over: at least one change, since with a large fleet a reload takes seconds. */
  async #rounds(changesOf: (at: number) => Change[]): Promise<number[]> {
    const { budgetMs, samples } = this.#options;
    const end = performance.now() + budgetMs;
    const all: number[] = [];
    for (let at = 0; all.length < samples && (at === 0 || performance.now() < end); at++) {
      all.push(...(await this.#round(changesOf(at), end)));
    }
    return all;
  }

  async #round(changes: readonly Change[], end = Number.POSITIVE_INFINITY): Promise<number[]> {
    const took: number[] = [];
    let before: RuleRecord | undefined;
    for (const [index, { name, after }] of changes.entries()) {
      if (index > 0 && performance.now() > end) break;
      const ms = await this.#make(name, after, after ?? before!);
      before = after;
      if (ms === undefined) {
        this.#lost++;
        continue;
      }
      this.#byChange[name] = [...(this.#byChange[name] ?? []), ms];
      took.push(ms);
    }
    return took;
  }

  /** @returns milliseconds; undefined when it was not in force in time. */
  async #make(name: string, rule: RuleRecord | undefined, key: RuleRecord): Promise<number | undefined> {
    const { router, answerSaysNothing, dataPlane, sign } = this.#bench;
    const generation = ++this.#generation;
    const began = performance.now();
    const answer = await (rule
      ? router.putRule({ type: 'putRule', rule, generation })
      : router.removeRule({ type: 'removeRule', key: { ip: key.ip, port: key.port }, generation }));
    if (answerSaysNothing && !(await this.#untilObeyed(rule, key))) return undefined;
    const took = performance.now() - began;
    hold(answer, name);
    if (!answerSaysNothing && !(await obeys(dataPlane, rule, key, sign))) this.#untrue++;
    return took;
  }

  async #untilObeyed(rule: RuleRecord | undefined, key: RuleRecord): Promise<boolean> {
    const { dataPlane, sign } = this.#bench;
    const end = performance.now() + obeyLimitMs;
    for (;;) {
      // Around a reload no worker may answer on the socket for a moment.
      if (await obeys(dataPlane, rule, key, sign).catch(() => false)) return true;
      if (performance.now() > end) return false;
      await systemClock.sleep(obeyPollMs);
    }
  }

  #plan(fleet: readonly RuleRecord[]): number[] {
    const [first, ...others] = fleet;
    const changed = runtimeChanges(first!, 0).flatMap(({ after }) => (after ? [[after, ...others]] : []));
    return changed.map((after) => {
      const began = performance.now();
      explainPlan(fleet, after);
      return performance.now() - began;
    });
  }

  /** Changes nothing: the weight is what it is already. */
  async #floor({ ip, port }: RuleRecord): Promise<number[]> {
    const { haproxy } = this.#bench.dataPlane;
    const proxy = proxyOf(await haproxy.runtime(['show servers state']), { ip, port });
    const took: number[] = [];
    for (let call = 0; call < floorCalls; call++) {
      const began = performance.now();
      await haproxy.runtime([`set server ${proxy} weight 1`]);
      took.push(performance.now() - began);
    }
    return took;
  }

  async #workerMiB(): Promise<number> {
    const { workers } = readShowProc(await this.#bench.dataPlane.haproxy.master('show proc'));
    const status = await readFile(`/proc/${workers[0]!.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  }
}

const ownMiB = (): number => process.memoryUsage().rss / 2 ** 20;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Any server of the rule, as `proxy/server`. */
const proxyOf = ([state]: readonly string[], { ip, port }: { ip: string; port: number }): string => {
  const proxy = `${ip.replaceAll('.', '_')}-${port}`;
  const row = state!
    .split('\n')
    .find((line) => line.split(' ')[1] === proxy)!
    .split(' ');
  return `${row[1]}/${row[3]}`;
};

const hold = (answer: CommandResult, what: string): void => {
  if (answer.outcome !== 'applied')
    throw new Error(`${what}: the router says ${JSON.stringify(answer.rules[0] ?? answer)}`);
};
