import { Traffic, type Unserved } from '../clients/traffic.ts';
import { AddressPool } from '../cloud/addresses.ts';
import { Cloud } from '../cloud/cloud.ts';
import { select } from '../cloud/group-plans.ts';
import { SimulatorError } from '../errors.ts';
import type { Operation, Step } from '../scenario/scenario.ts';
import type { TestBed } from '../test-bed/test-bed.ts';
import { ChangeWatch } from './change-watch.ts';
import type { Prepared } from './prepare.ts';
import type { SimulationResult } from './result.ts';
import type { RunObserver } from './run-observer.ts';

/** The first of the addresses that RFC 2544 sets aside for benchmarks. */
const firstClient = '198.18.0.10';
const burstSize = 24;
/** CloudStack's router answers before its HAProxy has taken the rules over. */
const servedWithinMs = 15_000;
/** Clients tolerate failures of a group with new VMs for so long, in milliseconds. */
const takeOverMs = 2000;
const shownFindings = 5;

/** The findings of a run. */
export type Findings = Omit<SimulationResult, 'scenario' | 'router' | 'dataPlane' | 'seconds' | 'seed'>;

/** Who is told of a run. */
export interface RunOptions {
  progress?: ((line: string) => void) | undefined;
  observer?: RunObserver | undefined;
}

/** One scenario on one test bed. */
export class Run {
  readonly #prepared: Prepared;
  readonly #testBed: TestBed;
  readonly #progress: (line: string) => void;
  readonly #cloud: Cloud;
  readonly #traffic: Traffic;
  readonly #changeWatch: ChangeWatch;

  constructor(prepared: Prepared, testBed: TestBed, random: () => number, { progress, observer }: RunOptions) {
    const { scenario, groups } = prepared;
    const { heldPerClient, connectionsPerClient } = scenario.traffic;
    this.#prepared = prepared;
    this.#testBed = testBed;
    this.#progress = progress ?? (() => {});
    this.#cloud = new Cloud({
      maxMembers: maxMembersOf(prepared),
      groups,
      router: testBed.router,
      vms: testBed.vms,
      clock: testBed.clock,
      graceMs: scenario.graceMs,
      observer,
    });
    const addresses = new AddressPool(firstClient);
    this.#traffic = new Traffic({
      clients: testBed.clients,
      random,
      addresses,
      heldPerClient,
      onDisruption: observer && ((finding) => observer.disrupted(finding)),
    });
    for (const group of this.#cloud.groups) this.#traffic.add(group, groups[group.index]!.clients);
    this.#changeWatch = new ChangeWatch({
      traffic: this.#traffic,
      clock: testBed.clock,
      rounds: connectionsPerClient,
      observer,
    });
  }

  async play(): Promise<Findings> {
    const { scenario, groups } = this.#prepared;
    this.#progress(`starting ${groups.length} groups`);
    await this.#cloud.start();
    const unserved = await this.#untilServed(servedWithinMs);
    if (unserved !== undefined) throw notServed(unserved);
    await this.#traffic.settleIn();
    await this.#testBed.clock.sleep(scenario.inServiceMs);
    const before = this.#testBed.router.stats();
    await this.#steps(scenario.steps);
    await this.#cloud.idle();
    await this.#changeWatch.settle();
    await this.#allLookOnce();
    const { count: changes, inForce: changesInForce, inForceMs, findings } = this.#changeWatch;
    const workaround = changesInForce < changes ? await this.#workaround(scenario.workaround) : null;
    const after = this.#testBed.router.stats();
    const { clientsMoved, connections, failed, drained } = this.#traffic.log;
    return {
      changes,
      changesInForce,
      changesNotInForce: changes - changesInForce,
      changesInForceAfterWorkaround: workaround,
      clients: this.#traffic.clientCount,
      clientsMoved,
      connections,
      connectionsFailed: failed,
      connectionsDrained: drained,
      reloads: after.reloads - before.reloads,
      runtimeOps: after.runtimeOps - before.runtimeOps,
      vmsRecreated: this.#cloud.vmsRecreated,
      inForceMs,
      findings: findings.slice(0, shownFindings),
    };
  }

  /** Bursts are samples: only a visit of every client shows for certain which ones moved. */
  async #allLookOnce(): Promise<void> {
    await this.#traffic.check(new Set(this.#cloud.groups), 1);
  }

  /** Waits until every rule answers; @returns what does not, when the time is over. */
  async #untilServed(withinMs: number): Promise<Unserved | undefined> {
    const end = this.#testBed.clock.now() + withinMs;
    for (;;) {
      const unserved = await this.#traffic.unserved();
      if (unserved === undefined || this.#testBed.clock.now() >= end) return unserved;
      await this.#testBed.clock.sleep(50);
    }
  }

  /**
   * Judged by connections opened after it: each of its reloads makes CloudStack's router forget the clients of the groups
   * that it had mended before, and what they held then disagrees with what they get now. The last of them may come after
   * the router has answered, so clients whose connections disagree open new ones until it must be over.
   *
   * @returns how many changes are in force afterwards; null when the scenario knows no workaround
   */
  async #workaround(steps: readonly Step[] | undefined): Promise<number | null> {
    if (steps === undefined) return null;
    this.#progress('trying the workaround');
    await this.#steps(steps);
    await this.#cloud.idle();
    await this.#allLookOnce();
    const changed = new Set(this.#cloud.groups.filter((group) => group.changed));
    const end = this.#testBed.clock.now() + servedWithinMs;
    do {
      await this.#traffic.hangUp(changed);
      await this.#changeWatch.settle();
    } while (this.#changeWatch.inForce < this.#changeWatch.count && this.#testBed.clock.now() < end);
    return this.#changeWatch.inForce;
  }

  async #steps(steps: readonly Step[]): Promise<void> {
    for (const [index, step] of steps.entries()) {
      const selected = select(this.#prepared.groups, step.groups);
      for (let time = 1; time <= step.repeat; time++) {
        this.#progress(
          `step ${index + 1} of ${steps.length}, round ${time} of ${step.repeat}, ${selected.length} groups`,
        );
        for (const group of selected) for (const operation of step.do) await this.#underTraffic(group, operation);
      }
    }
  }

  /** Clients use the router all the while: a disturbance that lasts only for a moment must be seen too. */
  async #underTraffic(group: number, operation: Operation): Promise<void> {
    let done = false;
    const operating = this.#operate(group, operation).finally(() => {
      done = true;
    });
    const using = async (): Promise<void> => {
      while (!done) {
        await this.#traffic.burst(burstSize);
        await this.#testBed.breathe();
      }
    };
    await Promise.all([operating, using()]);
  }

  async #operate(index: number, operation: Operation): Promise<void> {
    switch (operation.op) {
      case 'disable':
        return this.#cloud.disable(index);
      case 'enable':
        return this.#cloud.enable(index);
      case 'scale':
        return this.#cloud.scale(index, operation.by);
      case 'recreateVms':
        await this.#cloud.recreateVms(index);
        await this.#untilServed(takeOverMs);
        this.#cloud.groups[index]!.emptying = false;
        return;
      case 'change': {
        const asked = this.#testBed.clock.now();
        await this.#cloud.change(index, operation);
        return this.#changeWatch.watch(this.#cloud.groups[index]!, asked);
      }
    }
  }
}

function notServed({ group, error }: Unserved): SimulatorError {
  const place = `${group.rule.ip}:${group.rule.port}`;
  return new SimulatorError('ROUTER_REFUSED', `the router does not serve ${place} (group ${group.name}): ${error}`);
}

/** Room for all VMs of a group, however the steps scale it. */
function maxMembersOf({ scenario, groups }: Prepared): number {
  const start = Math.max(1, ...groups.map((group) => group.rule.members.length));
  const steps = [...scenario.steps, ...(scenario.workaround ?? [])];
  const ups = steps.flatMap(({ do: operations, repeat }) =>
    operations.map((operation) => (operation.op === 'scale' ? Math.max(0, operation.by) * repeat : 0)),
  );
  return ups.reduce((sum, up) => sum + up, start);
}
