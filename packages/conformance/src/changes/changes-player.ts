import type { RouterSettings } from '@limpet/router';
import { ruleId } from '@limpet/router';
import type { ExpectedOutcome } from '../concretize/expected-outcome.ts';
import { type Difference, differences, statusMismatches } from '../oracle/compare.ts';
import { ContinuityClients } from '../oracle/continuity-clients.ts';
import { type Observation, observe } from '../oracle/observe.ts';
import { ServerIds } from '../oracle/server-ids.ts';
import { type StepKind, StepsSeen } from '../sut/steps-seen.ts';
import { SystemUnderTest } from '../sut/system-under-test.ts';
import type { TestBed } from '../sut/test-bed.ts';
import type { TestSession } from '../sut/test-session.ts';
import { AffinityClients } from './affinity-clients.ts';
import { BetweenCalls } from './between-calls.ts';
import { CookieClients } from './cookie-clients.ts';
import { ExpectedRules } from './expected-rules.ts';
import { KEYS, PORTS } from './fields.ts';
import type { Moment, PlayedRouter } from './moment.ts';
import { keyOf, type Operation } from './operation.ts';
import { perform } from './perform.ts';
import { runningValues } from './running-values.ts';
import { type Plans, plansFor, stepsTold } from './steps-told.ts';
import { verdictsOf } from './verdicts.ts';

/** How one operation went. */
export interface Taken {
  readonly differences: readonly Difference[];
  readonly expected: ExpectedOutcome;
  readonly observed: Observation;
  /** What the router did to HAProxy. */
  readonly steps: readonly StepKind[];
}

const nothingObserved: Observation = { rules: {}, ids: [], workers: 0, twice: [], files: [] };

/** Operations after which the router need not have tried anything twice. */
const TAKEN_AT_ONCE: ReadonlySet<Operation['do']> = new Set(['put', 'remove', 'sync']);
/** Operations that only HAProxy's clients of this rule may notice, at any moment of them. */
const WATCHED: ReadonlySet<Operation['do']> = new Set(['put', 'remove', 'sync', 'refuse', 'overtake', 'crash']);

/** Takes the operations of a path, with all oracles. */
export class ChangesPlayer implements PlayedRouter {
  readonly testBed: TestBed;
  readonly sut: SystemUnderTest;
  readonly expected: ExpectedRules;
  readonly between: BetweenCalls;
  settings: Partial<RouterSettings> = { drainDeadlineMs: 0 };
  readonly steps = new StepsSeen();
  readonly #continuity: ContinuityClients;
  readonly #affinity: AffinityClients;
  readonly #cookies: CookieClients;
  readonly #ids = new ServerIds();

  constructor({ testBed, sut: { traits } }: TestSession) {
    this.testBed = testBed;
    this.expected = new ExpectedRules(testBed.vms);
    this.between = new BetweenCalls(testBed);
    this.sut = new SystemUnderTest(testBed, {
      ...traits,
      open: (dataPlane, dir) => traits.open(this.between.watch(this.steps.watch(dataPlane)), dir, this.settings),
    });
    this.#continuity = new ContinuityClients(testBed);
    this.#affinity = new AffinityClients(testBed);
    this.#cookies = new CookieClients(testBed);
  }

  /** Begins with an empty disk. */
  async begin(): Promise<void> {
    await this.sut.wipe();
    await this.boot();
  }

  /** Other programs have their own rules in INPUT: the router's accepts have to come before them. */
  async boot(): Promise<void> {
    const { packetFilter } = this.testBed.host().dataPlane;
    for (const port of PORTS) {
      const tcp = ['-p', 'tcp', '-m', 'tcp', '--dport', `${port}`];
      await packetFilter.run(['-A', 'INPUT', '-s', '198.19.0.0/16', ...tcp, '-j', 'ACCEPT']);
      await packetFilter.run(['-A', 'INPUT', ...tcp, '-j', 'DROP']);
    }
    await this.sut.boot();
  }

  /** Closes all connections of clients. */
  leave(): Promise<void> {
    return this.#continuity.leave();
  }

  /** Ends clients, router and VMs. */
  async end(): Promise<void> {
    await this.leave();
    await this.sut.close();
    await this.expected.end();
  }

  /** Does one operation, and returns what is not as it must be then. An error of the router is a difference. */
  async take(operation: Operation): Promise<Taken> {
    this.steps.take();
    this.steps.takeTries();
    const steps: StepKind[] = [];
    let observed = nothingObserved;
    const found: Difference[] = [];
    try {
      const plans = await this.#plansFor(operation);
      await this.#arrive(operation);
      for await (const moment of perform(this, operation)) {
        steps.push(...this.steps.take());
        found.push(...this.between.end(), ...moment.found);
        const looked = await this.#look(operation, moment);
        observed = looked.observed;
        found.push(...looked.found);
        if (found.length > 0) break;
        if (moment.faulty.size > 0) await this.#arrive(operation); // there is another moment
      }
      if (plans !== undefined && found.length === 0) found.push(...stepsTold(plans, steps));
    } catch (error) {
      found.push({ check: 'error', of: 'the router', expected: 'none', observed: `${error}` });
    }
    if (TAKEN_AT_ONCE.has(operation.do)) found.push(...this.#triedAgain());
    return { differences: found, expected: this.expected.outcome(), observed, steps };
  }

  /** Clients come before the change, and are there in the middle of it. */
  async #arrive(operation: Operation): Promise<void> {
    const key = keyOf(operation);
    const before = key && this.expected.installed(key);
    const isWatched = WATCHED.has(operation.do);
    const isAlive = operation.do !== 'refuse' || operation.by === 'the check';
    if (before !== undefined && isWatched && isAlive) {
      await this.#affinity.hold(before);
      await this.#cookies.arrive(before);
    }
    if (!isWatched) return;
    const after = isAlive && 'rule' in operation ? operation.rule : undefined;
    this.between.begin({ rules: KEYS, ...(before && after && { change: [before, after] }) });
  }

  async #look(operation: Operation, { faulty }: Moment): Promise<{ found: Difference[]; observed: Observation }> {
    const { testBed, sut } = this;
    const found: Difference[] = [];
    const key = keyOf(operation);
    // These first: what a router does late must not be done by then.
    const after = key && this.expected.installed(key);
    found.push(...(await this.#affinity.look(after)), ...(await this.#cookies.look(after)));
    const expected = this.expected.outcome();
    if (faulty.size === 0) found.push(...(await this.#cookies.lookAtNew(after)));
    const observed = await observe(this, expected);
    const seen = differences(expected, observed, sut.traits.servesEmptyRules);
    found.push(...seen.filter((difference) => !isUnevenTurn(difference)));
    found.push(...this.#ids.look(observed));
    const stimulus = operation.do === 'restart' ? { do: 'boot' as const } : { do: 'nothing' as const };
    found.push(...(await this.#continuity.look({ stimulus, expected })));
    found.push(...statusMismatches(expected, await sut.send({ type: 'reportRules' }), true));
    if (testBed.kind === 'memory' || operation.do === 'drift') {
      found.push(...(await runningValues(testBed, expected, this.settings)));
      found.push(...(await verdictsOf(testBed, this.expected, { faulty, settings: this.settings })));
    }
    return { found, observed };
  }

  /** The plans of a change, where it costs nothing to make them. */
  async #plansFor(operation: Operation): Promise<Plans | undefined> {
    if (this.testBed.kind !== 'memory' || !TAKEN_AT_ONCE.has(operation.do)) return undefined;
    const key = keyOf(operation);
    const others = this.expected.wanted().filter((rule) => key === undefined || ruleId(rule) !== ruleId(key));
    const rules =
      operation.do === 'sync' ? operation.rules : operation.do === 'put' ? [...others, operation.rule] : others;
    return plansFor(this.testBed, rules, this.settings);
  }

  #triedAgain(): Difference[] {
    const tries = this.steps.takeTries();
    const expected = 'HAProxy takes the change at once';
    return tries === 0 ? [] : [{ check: 'tries', of: 'the router', expected, observed: `it tried ${tries + 1} times` }];
  }
}

/** After a change at run time, HAProxy's turns begin anywhere: the first two may both be of one member. */
const isUnevenTurn = ({ check, expected, observed }: Difference): boolean =>
  check === 'clients' && expected === 'two of them answer' && observed === 'one of them answers twice';
