/**
 * The oracle of a replay: what clients observe after each step, and what iptables has. It reads no configuration.
 *
 * @module
 */
import type { RuleRecord } from '@limpet/contract';
import type { Random } from '@limpet/data-plane';
import { type Finding, judgeRule, type Observation } from '../clients/judge.ts';
import { AddressPool } from '../cloud/addresses.ts';
import type { TestBed } from '../test-bed/test-bed.ts';
import { ClientPool, describeLook, type Look } from './client-pool.ts';
import type { ReplayManagement } from './management.ts';
import type { ReplayDriver } from './replay-driver.ts';

const firstClient = '198.18.0.10';
/** CloudStack's router answers before its HAProxy has taken over: so long do clients wait, in milliseconds. */
const takeOverMs = 1000;
/** And so long do they go on looking. */
const patienceMs = 3000;
const pollMs = 100;

/** Options of a replay oracle. */
export interface ReplayOracleOptions {
  management: ReplayManagement;
  driver: ReplayDriver;
  random: Random;
}

/** Judges each step by the clients of all rules, and by the packet filter. */
export class ReplayOracle {
  readonly #options: ReplayOracleOptions;
  readonly #pools: readonly ClientPool[];
  /** The last line about each rule, which is not repeated. */
  readonly #seen: string[];
  /** How clients of each rule were bound when they last looked. */
  readonly #bound: string[];
  #testBed: TestBed | undefined;
  /** The first thing that was wrong. */
  finding: (Finding & { step: number }) | null = null;

  constructor(options: ReplayOracleOptions) {
    this.#options = options;
    const { groups } = options.management;
    const addresses = new AddressPool(firstClient);
    this.#pools = groups.map(() => new ClientPool(addresses, options.random));
    this.#seen = groups.map(() => '');
    this.#bound = groups.map(() => '');
  }

  /**
   * @param atRest nothing is under way, and nothing has failed since: what is not in force now never will be
   * @returns what is different from before, in words
   */
  async judge(step: number, atRest: boolean): Promise<string[]> {
    const { driver, management } = this.#options;
    const { testBed } = driver;
    if (testBed !== this.#testBed) {
      this.#testBed = testBed;
      for (const pool of this.#pools) pool.hangUp();
      this.#seen.fill('');
    }
    if (testBed === undefined) return [];
    if (driver.hasSent || atRest) await testBed.clock.sleep(takeOverMs);
    const lines: string[] = [];
    for (const index of management.groups.keys()) {
      const problem = (await this.#look(testBed, index, lines)) ?? (atRest ? this.#unfinished(index) : undefined);
      if (problem === undefined || this.finding !== null) continue;
      lines.push(`rule ${index + 1}: EXPECTED ${problem.expected}, SAW ${problem.saw}`);
      this.finding = { step, ...problem };
    }
    return lines;
  }

  /** A rule that the router has never heard of is nothing to look at, and one that is gone only at once. */
  async #look(testBed: TestBed, index: number, lines: string[]): Promise<Finding | undefined> {
    const { driver } = this.#options;
    const lastAnswer = driver.lastAnswer(index);
    if (lastAnswer === undefined || (lastAnswer === 'removed' && !driver.isTouched(index))) return undefined;
    const { look, problem } = await this.#watch(testBed, index);
    const text = describeLook(look.observations);
    if (text !== this.#seen[index]) lines.push(`rule ${index + 1}: ${text}`);
    this.#seen[index] = text;
    return problem;
  }

  /** A rule that was accepted or is to go, and that the router has not answered for in the end. */
  #unfinished(index: number): Finding | undefined {
    const { management } = this.#options;
    const { value, isRefused } = management.ruleOf(index);
    if (value !== 'add' && value !== 'revoke') return undefined;
    const { ip, port } = management.groups[index]!.records.rule;
    return {
      rule: `${ip}:${port}`,
      expected: `the router ${value === 'add' ? 'has' : 'gives up'} the rule when nothing fails any more`,
      saw: isRefused ? 'it is refused' : 'it is still waiting',
    };
  }

  /** Looks until nothing is wrong, or patience ends. */
  async #watch(testBed: TestBed, index: number): Promise<{ look: Look; problem: Finding | undefined }> {
    const { driver, management } = this.#options;
    const pool = this.#pools[index]!;
    const { rule } = management.groups[index]!.records;
    const isJudged = driver.lastAnswer(index) === 'applied' && driver.hasLatest(index);
    // A worker of HAProxy that is being replaced closes idle HTTP connections, and their clients open others.
    const owed = !driver.isTouched(index) && rule.protocol !== 'http';
    const binding = `${rule.protocol} ${rule.stickiness.method}`;
    if (isJudged && binding !== this.#bound[index]) {
      pool.forget();
      this.#bound[index] = binding;
    }
    const end = testBed.clock.now() + (this.finding === null ? patienceMs : 0);
    for (;;) {
      const look = await pool.look(testBed.clients, rule, owed);
      // A router that does not verify makes no statement about held connections.
      const judged = look.observations.filter(({ kind }) => kind === 'fresh' || driver.hasVerified(index));
      const problem =
        look.disturbance ??
        (isJudged ? judgeRule(rule, judged) : undefined) ??
        (await this.#filterProblem(testBed, index, judged));
      if (problem === undefined && isJudged) pool.settle(rule);
      if (problem === undefined || problem === look.disturbance || testBed.clock.now() >= end) return { look, problem };
      await testBed.clock.sleep(pollMs);
    }
  }

  async #filterProblem(
    testBed: TestBed,
    index: number,
    observations: readonly Observation[],
  ): Promise<Finding | undefined> {
    const { rule } = this.#options.management.groups[index]!.records;
    const accepts = countAccepts(await testBed.packetFilter.save(), rule);
    const isServed = observations.some(({ answer }) => answer.ok);
    const finding = (expected: string, saw: string): Finding => ({ rule: `${rule.ip}:${rule.port}`, expected, saw });
    if (accepts > 1) return finding('one accept rule in the packet filter', `${accepts} of them`);
    if (this.#options.driver.lastAnswer(index) === 'removed' && isServed)
      return finding('nobody is answered by a rule that is gone', 'answers');
    if (accepts > 0 && !isServed)
      return finding('a port that is open has a listener', 'an accept rule, and nobody is answered');
    return undefined;
  }
}

/** The accept rules of a load balancer rule in what iptables-save prints. */
function countAccepts(saved: string, { ip, port }: RuleRecord): number {
  return saved
    .split('\n')
    .map((line) => ` ${line} `)
    .filter(
      (line) => line.includes(` -d ${ip}/32 `) && line.includes(` --dport ${port} `) && line.includes(' -j ACCEPT '),
    ).length;
}
