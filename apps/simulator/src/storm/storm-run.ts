import type { CommandResult, MemberRecord } from '@limpet/contract';
import type { Random } from '@limpet/data-plane';
import { bindsByCookie } from '../clients/client.ts';
import type { Finding } from '../clients/judge.ts';
import { Traffic } from '../clients/traffic.ts';
import { AddressPool } from '../cloud/addresses.ts';
import { applyOrThrow, refusalOf } from '../cloud/apply-or-throw.ts';
import { percentile } from '../run/percentile.ts';
import type { TestBed } from '../test-bed/test-bed.ts';
import { type AllowedDisruption, allowedDisruptionOf } from './allowed-disruption.ts';
import { judgeInStorm } from './judge-in-storm.ts';
import { type Operation, type OperationKind, operationKinds } from './operations.ts';
import { StormGroup } from './storm-group.ts';
import type { StormResult } from './storm-result.ts';
import { initialState, type StormSize } from './storm-state.ts';
import { waves } from './waves.ts';

/** The first of the addresses that RFC 2544 sets aside for benchmarks. */
const firstClient = '198.18.0.10';
const clientsPerRule = 4;
const heldPerClient = 1;
/** Fresh connections of a client in one check. */
const rounds = 3;
const burstSize = 24;
/** So long do clients hold a connection. A reload leaves a worker behind that lives as long: there are always several. */
const heldForWaves = 12;
/** HAProxy cannot hand its stick tables over in its first 5 s, and a reload waits for that. */
const inServiceMs = 6000;
/** How long clients look for a change, and how often, in milliseconds. */
const patienceMs = 2000;
const pollMs = 50;
/** Of disturbances, and of operations that are not in force. */
const shownFindings = 5;

type Findings = Omit<StormResult, 'scenario' | 'router' | 'dataPlane' | 'rules' | 'members' | 'seconds' | 'seed'>;

/** One storm on one test bed. */
export class StormRun {
  readonly #size: StormSize;
  readonly #testBed: TestBed;
  readonly #progress: (line: string) => void;
  readonly #traffic: Traffic;
  /** By port. */
  readonly #groups = new Map<number, StormGroup>();
  /** By port, rules of which it is being seen whether they are gone. */
  readonly #departures = new Map<number, Promise<void>>();
  /** VMs that have left their rules; they run for one wave more. */
  #leaving: string[] = [];
  #generation = 0;
  #clients = 0;
  readonly #answeredMs: number[] = [];
  readonly #inForceMs: number[] = [];
  /** By operation. */
  readonly #notInForce = new Map<Operation, Finding>();

  constructor(size: StormSize, testBed: TestBed, random: Random, progress: (line: string) => void) {
    this.#size = size;
    this.#testBed = testBed;
    this.#progress = progress;
    const addresses = new AddressPool(firstClient);
    this.#traffic = new Traffic({ clients: testBed.clients, random, addresses, heldPerClient });
  }

  async play(ops: number, random: Random): Promise<Findings> {
    const state = initialState(this.#size);
    await this.#start([...state.rules.values()].map((rule) => new StormGroup(rule)));
    const before = this.#testBed.router.stats();
    const counts = Object.fromEntries(operationKinds.map((kind) => [kind, 0])) as Record<OperationKind, number>;
    const spared = { operations: 0, reloads: 0 };
    let [done, waveCount] = [0, 0];
    for (const { operations, runtimeOnly } of waves(state, ops, random)) {
      this.#progress(`operation ${done} of ${ops}`);
      const { reloads } = this.#testBed.router.stats();
      await this.#underTraffic(operations);
      if (runtimeOnly) {
        spared.operations += operations.length;
        spared.reloads += this.#testBed.router.stats().reloads - reloads;
      }
      for (const { kind } of operations) counts[kind]++;
      done += operations.length;
      waveCount++;
    }
    await this.#settle();
    const after = this.#testBed.router.stats();
    const { log } = this.#traffic;
    return {
      changes: done,
      changesInForce: done - this.#notInForce.size,
      changesNotInForce: this.#notInForce.size,
      changesInForceAfterWorkaround: null,
      operations: counts,
      concurrency: Math.round((done / waveCount) * 10) / 10,
      clients: this.#clients,
      clientsMoved: log.clientsMoved,
      connections: log.connections,
      connectionsFailed: log.failed,
      connectionsDrained: log.drained,
      reloads: after.reloads - before.reloads,
      operationsWithoutBindBalanceCookie: spared.operations,
      reloadsWithoutBindBalanceCookie: spared.reloads,
      runtimeOps: after.runtimeOps - before.runtimeOps,
      vmsRecreated: 0,
      answeredMs: spread(this.#answeredMs),
      inForceMs: spread(this.#inForceMs),
      findings: [...this.#notInForce.values()].slice(0, shownFindings).concat(log.findings.slice(0, shownFindings)),
    };
  }

  async #start(groups: readonly StormGroup[]): Promise<void> {
    const { router, vms, clock } = this.#testBed;
    this.#progress(`starting ${groups.length} rules`);
    await vms.start(groups.flatMap(({ rule }) => rule.members));
    const rules = groups.map(({ rule }) => ({ rule, generation: ++this.#generation }));
    applyOrThrow(await router.syncRules({ type: 'syncRules', snapshot: { rules, revision: this.#generation } }));
    for (const group of groups) this.#welcome(group);
    // A router may have answered before its HAProxy serves.
    const end = clock.now() + inServiceMs;
    while ((await this.#traffic.unserved()) !== undefined && clock.now() < end) await clock.sleep(pollMs);
    await this.#traffic.settleIn();
    await clock.sleep(Math.max(0, end - clock.now()));
  }

  /** Clients use the router all the while: a disturbance that lasts only for a moment must be seen too. */
  async #underTraffic(operations: readonly Operation[]): Promise<void> {
    const left = this.#leaving.splice(0);
    await this.#traffic.renew(Math.ceil(this.#traffic.clientCount / heldForWaves));
    let done = false;
    const operating = Promise.all(operations.map((operation) => this.#operate(operation))).finally(() => {
      done = true;
    });
    const using = async (): Promise<void> => {
      while (!done) {
        await this.#traffic.burst(burstSize);
        await this.#testBed.breathe();
      }
    };
    await Promise.all([operating, using()]);
    await this.#testBed.vms.destroy(left);
  }

  async #operate(operation: Operation): Promise<void> {
    const { port, before, after } = operation;
    const known = new Set(after?.members.map(({ vm }) => vm));
    if (!before) await this.#add(operation);
    else if (!after) await this.#remove(operation, this.#groups.get(port)!);
    else await this.#change(operation, this.#groups.get(port)!);
    this.#leaving.push(...namesOf(before?.members.filter(({ vm }) => !known.has(vm))));
  }

  async #add(operation: Operation): Promise<void> {
    // The port is free again only when the rule that was there has been seen to be gone.
    await this.#departures.get(operation.port);
    const group = new StormGroup(operation.after!);
    await this.#testBed.vms.start(group.rule.members);
    const asked = this.#now();
    const result = await this.#put(group);
    this.#welcome(group);
    await this.#judge(operation, group, asked, result, allowedDisruptionOf(operation));
  }

  async #change(operation: Operation, group: StormGroup): Promise<void> {
    const allowed = allowedDisruptionOf(operation);
    const known = new Set(group.rule.members.map(({ vm }) => vm));
    await this.#testBed.vms.start(operation.after!.members.filter(({ vm }) => !known.has(vm)));
    const asked = this.#now();
    group.rule = operation.after!;
    const isNewPolicy = bindsByCookie(group.rule) && !isSamePolicy(operation);
    if (allowed.endsHeld || isNewPolicy) group.changed = true;
    if (allowed.freesClients) await this.#traffic.free(group);
    const result = await this.#put(group);
    // A session that began before the router knew the cookie binds no client.
    if (isNewPolicy) await this.#traffic.free(group);
    await this.#judge(operation, group, asked, result, allowed);
  }

  async #remove(operation: Operation, group: StormGroup): Promise<void> {
    const { ip, port } = group.rule;
    group.emptying = true;
    const held = await this.#traffic.leave(group);
    this.#groups.delete(port);
    const asked = this.#now();
    const generation = ++this.#generation;
    const result = await this.#testBed.router.removeRule({ type: 'removeRule', key: { ip, port }, generation });
    this.#answeredMs.push(this.#now() - asked);
    if (this.#refused(operation, result)) return;
    // Not awaited here: a client of a removed rule gets no answer, and waits for its whole timeout.
    const departure = this.#seeGone(operation, group, held, asked);
    departure.catch(() => undefined);
    this.#departures.set(port, departure);
  }

  async #put({ rule }: StormGroup): Promise<CommandResult> {
    const asked = this.#now();
    const generation = ++this.#generation;
    const result = await this.#testBed.router.putRule({ type: 'putRule', rule, generation });
    this.#answeredMs.push(this.#now() - asked);
    return result;
  }

  #welcome(group: StormGroup): void {
    this.#groups.set(group.rule.port, group);
    this.#traffic.add(group, clientsPerRule);
    this.#clients += clientsPerRule;
  }

  async #judge(
    operation: Operation,
    group: StormGroup,
    asked: number,
    result: CommandResult,
    allowed: AllowedDisruption,
  ): Promise<void> {
    if (this.#refused(operation, result)) return;
    const finding = await this.#look(group, allowed);
    if (finding) {
      this.#notInForce.set(operation, finding);
    } else {
      this.#inForceMs.push(this.#now() - asked);
      await this.#traffic.settleIn(new Set([group]));
    }
    group.last = operation;
  }

  #refused(operation: Operation, result: CommandResult): boolean {
    const saw = refusalOf(result);
    if (saw === undefined) return false;
    const { ip, port } = (operation.after ?? operation.before)!;
    this.#notInForce.set(operation, { rule: `${ip}:${port}`, expected: `${operation.kind} is applied`, saw });
    return true;
  }

  /** Clients look until the rule is in force, or patience ends; @returns what is wrong then. */
  async #look(group: StormGroup, allowed?: AllowedDisruption): Promise<Finding | undefined> {
    const { clock } = this.#testBed;
    const end = clock.now() + patienceMs;
    for (;;) {
      const seen = await this.#traffic.check(new Set([group]), rounds);
      const finding = judgeInStorm(group.rule, seen.get(group) ?? [], allowed);
      if (finding === undefined || clock.now() >= end) return finding;
      await clock.sleep(pollMs);
    }
  }

  /** Watches that a removed rule answers no more: neither on the connections that its clients held, nor on a new one. */
  async #seeGone(operation: Operation, { rule }: StormGroup, held: readonly number[], asked: number): Promise<void> {
    const { clients, clock } = this.#testBed;
    const end = clock.now() + patienceMs;
    let open = await clients.askHeld(held);
    while (open.some(({ ok }) => ok) && clock.now() < end) {
      await clock.sleep(pollMs);
      open = await clients.askHeld(held);
    }
    const seen = this.#now();
    const { ip, port, protocol } = rule;
    const ask = { client: firstClient, ip, port, protocol: protocol === 'http' ? ('http' as const) : ('tcp' as const) };
    const [answer] = await clients.ask([ask]);
    await clients.release(held);
    const wrong = [...open, answer!].find(({ ok }) => ok);
    if (!wrong?.ok) this.#inForceMs.push(seen - asked);
    else this.#notInForce.set(operation, { rule: `${ip}:${port}`, expected: 'no answer', saw: `${wrong.vm} answered` });
  }

  /** The verdict when all is done: every client of every rule looks once more. */
  async #settle(): Promise<void> {
    this.#progress('all clients look once more');
    await Promise.all(this.#departures.values());
    for (const group of this.#groups.values()) {
      const finding = await this.#look(group);
      if (finding && group.last) this.#notInForce.set(group.last, finding);
    }
  }

  #now(): number {
    return this.#testBed.clock.now();
  }
}

const namesOf = (members: readonly MemberRecord[] = []): string[] => members.map(({ vm }) => vm);

const isSamePolicy = ({ before, after }: Operation): boolean => before?.stickiness.method === after?.stickiness.method;

const spread = (values: readonly number[]): { p50: number | null; p99: number | null } => ({
  p50: percentile(values, 50),
  p99: percentile(values, 99),
});
