/**
 * Plays a path of the suite `changes`, and compares after each operation.
 *
 * @module
 */
import type { CommandResult, RuleKey, RuleRecord, VersionedRule } from '@limpet/contract';
import { inspectRouter, type RouterSettings, ruleId, verifyRules } from '@limpet/router';
import type { ExpectedOutcome } from '../concretize/expected-outcome.ts';
import { type Difference, differences, statusMismatches } from '../oracle/compare.ts';
import { ContinuityClients } from '../oracle/continuity-clients.ts';
import { type Observation, observe } from '../oracle/observe.ts';
import { ServerIds } from '../oracle/server-ids.ts';
import { SystemUnderTest } from '../sut/system-under-test.ts';
import type { TestBed } from '../sut/test-bed.ts';
import type { TestSession } from '../sut/test-session.ts';
import { AffinityClients } from './affinity-clients.ts';
import { driftOfKind } from './drifts.ts';
import { PORTS } from './fields.ts';
import type { Operation } from './operation.ts';
import { type StepKind, StepsSeen } from './steps-seen.ts';

/** The first operation after which the router is not as it must be. */
export interface ChangesFailure {
  /** Which operation of the path, from 0. */
  readonly at: number;
  readonly differences: readonly Difference[];
  readonly expected: ExpectedOutcome;
  readonly observed: Observation;
}

/** Options of {@link playChanges}. */
export interface PlayChangesOptions {
  /** Called after each operation that does not fail, with what the router did, and with milliseconds. */
  onOperation?: (at: number, steps: readonly StepKind[], ms: number) => void;
  /** Asked before each operation: whether to stop here. */
  isOver?: () => boolean;
}

/** Milliseconds of virtual time after which the router has looked for drift. */
const DRIFT_PERIOD = 5_000;

/** Plays operations on an empty disk up to the first failure; undefined when none. */
export async function playChanges(
  session: TestSession,
  operations: readonly Operation[],
  { onOperation, isOver }: PlayChangesOptions = {},
): Promise<ChangesFailure | undefined> {
  await session.sut.wipe(); // the router of an earlier suite may still be there
  const player = new ChangesPlayer(session);
  await player.begin();
  try {
    for (const [at, operation] of operations.entries()) {
      if (isOver?.()) return undefined;
      const begin = performance.now();
      const { steps, ...result } = await player.take(operation);
      if (result.differences.length > 0) return { at, ...result };
      onOperation?.(at, steps, performance.now() - begin);
    }
    return undefined;
  } finally {
    await player.end();
  }
}

class ChangesPlayer {
  readonly #testBed: TestBed;
  readonly #sut: SystemUnderTest;
  readonly #seen = new StepsSeen();
  readonly #continuity: ContinuityClients;
  readonly #affinity: AffinityClients;
  readonly #ids = new ServerIds();
  readonly #vms = new Map<string, string>();
  /** By rule id; undefined for a removed one. */
  readonly #rules = new Map<string, { key: RuleKey; installed: VersionedRule | undefined }>();
  #generation = 0;
  #settings: Partial<RouterSettings> = {};

  constructor({ testBed, sut: { traits } }: TestSession) {
    this.#testBed = testBed;
    this.#sut = new SystemUnderTest(testBed, {
      ...traits,
      open: (dataPlane, dir) => traits.open(this.#seen.watch(dataPlane), dir, this.#settings),
    });
    this.#continuity = new ContinuityClients(testBed);
    this.#affinity = new AffinityClients(testBed);
  }

  async begin(): Promise<void> {
    await this.#sut.wipe();
    await this.#boot();
  }

  /** Other programs have their own rules in INPUT: the router's accepts have to come before them. */
  async #boot(): Promise<void> {
    const { packetFilter } = this.#testBed.host().dataPlane;
    for (const port of PORTS) {
      const tcp = ['-p', 'tcp', '-m', 'tcp', '--dport', `${port}`];
      await packetFilter.run(['-A', 'INPUT', '-s', '198.19.0.0/16', ...tcp, '-j', 'ACCEPT']);
      await packetFilter.run(['-A', 'INPUT', ...tcp, '-j', 'DROP']);
    }
    await this.#sut.boot();
  }

  async end(): Promise<void> {
    await this.#continuity.leave();
    await this.#sut.close();
    if (this.#vms.size > 0) await this.#testBed.vms.destroy([...this.#vms.keys()]);
  }

  /** Does one operation, and returns what is not as it must be then. */
  async take(operation: Operation): Promise<Omit<ChangesFailure, 'at'> & { steps: readonly StepKind[] }> {
    const key = operation.do === 'put' ? operation.rule : operation.do === 'remove' ? operation.key : undefined;
    const before = key && this.#rules.get(ruleId(key))?.installed?.rule;
    if (before !== undefined) await this.#affinity.hold(before);
    this.#seen.take();
    const found = await this.#act(operation);
    const steps = this.#seen.take();
    const expected = this.#expected();
    const observed = await observe({ testBed: this.#testBed, sut: this.#sut }, expected);
    const seen = differences(expected, observed, this.#sut.traits.servesEmptyRules);
    found.push(...seen.filter((difference) => !isUnevenTurn(difference)));
    found.push(...this.#ids.look(observed));
    if (key !== undefined) found.push(...(await this.#affinity.look(this.#rules.get(ruleId(key))?.installed?.rule)));
    const stimulus = operation.do === 'restart' ? { do: 'boot' as const } : { do: 'nothing' as const };
    found.push(...(await this.#continuity.look({ stimulus, expected })));
    found.push(...statusMismatches(expected, await this.#sut.send({ type: 'reportRules' }), true));
    if (this.#testBed.kind === 'memory' || operation.do === 'drift') found.push(...(await this.#verify([])));
    return { differences: found, expected, observed, steps };
  }

  async #act(operation: Operation): Promise<Difference[]> {
    switch (operation.do) {
      case 'put': {
        const installed = await this.#install(operation.rule);
        return answered(await this.#sut.send({ type: 'putRule', ...installed }));
      }
      case 'remove': {
        const { key } = operation;
        this.#generation += 1;
        this.#rules.set(ruleId(key), { key, installed: undefined });
        return answered(await this.#sut.send({ type: 'removeRule', key, generation: this.#generation }));
      }
      case 'sync': {
        for (const rule of this.#rules.values()) rule.installed = undefined;
        const rules: VersionedRule[] = [];
        for (const rule of operation.rules) rules.push(await this.#install(rule));
        return answered(await this.#sut.send({ type: 'syncRules', snapshot: { rules, revision: ++this.#generation } }));
      }
      case 'drift':
        return this.#drift(operation);
      case 'restart':
        await this.#sut.halt();
        await this.#boot();
        return [];
      case 'settings': {
        this.#settings = { timeouts: { connect: 5, client: operation.clientTimeoutSeconds, server: 50 } };
        await this.#sut.crash();
        return [];
      }
    }
  }

  async #install(rule: RuleRecord): Promise<VersionedRule> {
    for (const { vm, ip, port } of rule.members) {
      const address = `${ip}:${port}`;
      if (this.#vms.get(vm) === address) continue;
      if (this.#vms.has(vm)) await this.#testBed.vms.destroy([vm]);
      await this.#testBed.vms.start([{ vm, ip, port }]);
      this.#vms.set(vm, address);
    }
    this.#generation += 1;
    const installed = { rule, generation: this.#generation };
    this.#rules.set(ruleId(rule), { key: { ip: rule.ip, port: rule.port }, installed });
    return installed;
  }

  async #drift({ kind, key }: Operation & { do: 'drift' }): Promise<Difference[]> {
    const { of, act, withoutClients } = driftOfKind(kind);
    const server = this.#rules.get(ruleId(key))?.installed?.rule.members.find(({ state }) => state === 'serving')?.vm;
    if (server === undefined) return [];
    if (withoutClients) await this.#continuity.leave();
    await act(this.#testBed.host(), key, server);
    const concerned = of === 'rule' ? [ruleId(key)] : this.#present().map(({ rule }) => ruleId(rule));
    const found = await this.#verify(concerned);
    if (this.#testBed.kind === 'memory') {
      await this.#testBed.host().dataPlane.clock.sleep(DRIFT_PERIOD);
      await this.#sut.idle();
    } else await this.#sut.crash();
    return found;
  }

  #present(): VersionedRule[] {
    return [...this.#rules.values()].flatMap(({ installed }) => installed ?? []);
  }

  #expected(): ExpectedOutcome {
    return {
      up: true,
      reports: true,
      alive: new Set(this.#vms.keys()),
      rules: [...this.#rules.values()].map(({ key, installed }) => ({
        key,
        wanted: installed,
        installed,
        claim: installed === undefined ? 'nothing' : 'in force',
      })),
    };
  }

  /** What `limpet verify` says. @param drifted - ids of the rules that it has to name; the others are in force */
  async #verify(drifted: readonly string[]): Promise<Difference[]> {
    const rules = this.#present().map(({ rule }) => rule);
    const { dataPlane, dir } = this.#testBed.host();
    const settings = { drainDeadlineMs: 0, ...this.#settings };
    const snapshot = await inspectRouter({ dataPlane, dir }, rules);
    const statuses = await verifyRules(snapshot, { dataPlane, dir, settings, rules, probe: false });
    return statuses.flatMap(({ key, conditions }) => {
      const of = ruleId(key);
      const said = conditions.find(({ type }) => type === 'InForce');
      const expected = drifted.includes(of) ? 'False' : 'True';
      return said?.status === expected
        ? []
        : [{ check: 'verify', of, expected, observed: `${said?.status} (${said?.reason}: ${said?.message})` }];
    });
  }
}

/** After a change at run time, HAProxy's turns begin anywhere: the first two may both be of one member. */
const isUnevenTurn = ({ check, expected, observed }: Difference): boolean =>
  check === 'clients' && expected === 'two of them answer' && observed === 'one of them answers twice';

const answered = ({ outcome, rules }: CommandResult): Difference[] =>
  outcome === 'applied'
    ? []
    : [
        {
          check: 'answer',
          of: 'the command',
          expected: 'applied',
          observed: `${outcome} ${rules.flatMap(({ conditions }) => conditions.filter(({ status }) => status !== 'True').map(({ message }) => message)).join('; ')}`,
        },
      ];
