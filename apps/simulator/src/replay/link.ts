import { type Command, type CommandResult, dispatch } from '@limpet/contract';
import { answerEvents } from '../cloud/answer.ts';
import type { TestBed } from '../test-bed/test-bed.ts';
import type { Handling, Move } from './action.ts';
import { describe, isOf, saysInForce, stateOf } from './describe.ts';
import { type Host, type HostOptions, refused } from './host.ts';
import { otherStickiness, type ReplayGroup, type ReplayManagement } from './management.ts';

/** The router's last answer about a rule; undefined: none since its host started. */
export type LastAnswer = 'applied' | 'refused' | 'removed' | undefined;

/** Takes a line of the observations of a step. */
export type Log = (line: string) => void;

/** After a crash a router looks again at what it has; in milliseconds. */
const verifiedWithinMs = 3000;
const pollMs = 50;
/** The router looks at its host every five seconds. */
const looksWithinMs = 15_000;

/** The link between management side and router: sends commands, and holds the answers until the run delivers them. */
export class Link {
  readonly #management: ReplayManagement;
  readonly #host: Host;
  readonly #options: Pick<HostOptions, 'haproxy' | 'router'>;
  /** Of each rule. */
  readonly #lastAnswers: LastAnswer[];
  readonly #last: (Command | undefined)[];
  readonly #verified: boolean[];
  /** The rules that the present step is about. */
  readonly #touched = new Set<number>();
  #hasSent = false;

  constructor(management: ReplayManagement, host: Host, options: Pick<HostOptions, 'haproxy' | 'router'>) {
    this.#management = management;
    this.#host = host;
    this.#options = options;
    this.#lastAnswers = management.groups.map(() => undefined);
    this.#last = management.groups.map(() => undefined);
    this.#verified = management.groups.map(() => false);
  }

  lastAnswer(group: number): LastAnswer {
    return this.#lastAnswers[group];
  }

  hasLatest(group: number): boolean {
    const last = this.#last[group];
    return last !== undefined && isOf(last, this.#management.groups[group]!);
  }

  hasVerified(group: number): boolean {
    return this.#verified[group]!;
  }

  get hasSent(): boolean {
    return this.#hasSent;
  }

  isTouched(group: number): boolean {
    return this.#touched.has(group);
  }

  /** A step begins. */
  begin(): void {
    this.#touched.clear();
    this.#hasSent = false;
  }

  /** The router's host is off: its answers are void. */
  forget(): void {
    this.#lastAnswers.fill(undefined);
  }

  /** Answers that are under way get lost. */
  loseAnswers(): void {
    for (const [index, { answer }] of this.#management.groups.entries())
      if (answer !== undefined) this.#management.loseAnswer(index);
  }

  async command(index: number, does: Handling, log: Log): Promise<void> {
    const group = this.#management.groups[index]!;
    switch (does) {
      case 'lose':
        this.#mustWait(group, index);
        return log('nothing reaches the router');
      case 'apply':
        this.#mustWait(group, index);
        if (this.#options.haproxy.rejected?.port === group.records.rule.port)
          this.#options.haproxy.rejected = undefined;
        return this.#handle(group, index, log);
      case 'refuse':
        this.#mustWait(group, index);
        if (this.#options.router === 'memory') throw refused('the embedded router has no HAProxy that could refuse');
        this.#options.haproxy.rejected = group.records.rule;
        await this.#handle(group, index, log);
        if (group.answer !== 'refused') log('HAProxy rejected the configuration, and the router does not say so');
        return;
      case 'verify':
        return this.#verify(group, index, log);
      case 'late':
        return this.#again(index, this.#olderPut(index), log);
      case 'staleSnapshot':
        return this.#again(index, this.#staleSnapshot(index), log);
      case 'again': {
        const last = this.#last[index];
        if (last === undefined) throw refused(`no command about rule ${index + 1} has been sent`);
        return this.#again(index, last, log);
      }
    }
  }

  #mustWait({ queued, answer }: ReplayGroup, index: number): void {
    this.running();
    if (!queued || answer !== undefined) throw refused(`no command about rule ${index + 1} waits here`);
  }

  async #handle(group: ReplayGroup, index: number, log: Log): Promise<void> {
    const { rule, generation } = group.records;
    const removes = this.#management.ruleOf(index).value === 'revoke';
    const command: Command = removes
      ? { type: 'removeRule', key: { ip: rule.ip, port: rule.port }, generation }
      : { type: 'putRule', rule, generation };
    this.#touched.add(index);
    this.#last[index] = command;
    const result = await this.#send(command);
    group.queued = false;
    const [event] = answerEvents(result, [{ ...group.records, index }]);
    // A rule that it never had is gone all the same.
    group.answer = event?.event ?? (removes && result.outcome === 'applied' ? 'applied' : undefined);
    if (group.answer !== undefined)
      this.#lastAnswers[index] = group.answer === 'refused' ? 'refused' : removes ? 'removed' : 'applied';
    this.#verified[index] = saysInForce(result, group);
    log(`${command.type} of rule ${index + 1}, generation ${generation}: ${describe(result, group)}`);
  }

  async #verify(group: ReplayGroup, index: number, log: Log): Promise<void> {
    const { router, clock } = this.running();
    const end = clock.now() + verifiedWithinMs;
    for (;;) {
      const result = await router.reportRules({ type: 'reportRules' });
      const events = answerEvents(result, [{ ...group.records, index }]);
      const isVerified = events.some(({ event }) => event === 'inForce');
      if (isVerified || clock.now() >= end) log(`the router reports rule ${index + 1}: ${describe(result, group)}`);
      if (isVerified) break;
      if (clock.now() >= end) throw refused(`the router does not say that rule ${index + 1} is in force`);
      await clock.sleep(pollMs);
    }
    group.answer = 'inForce';
  }

  /** The rule's address goes elsewhere or comes back, and the router sees it by itself. */
  async moveAddress(index: number, does: Move, log: Log): Promise<void> {
    const { router, clock } = this.running();
    if (this.#options.router !== 'haproxy') throw refused('this router does not look whether its host has the address');
    if (this.#management.groups.length > 1) throw refused('all rules of a replay have one address');
    this.#options.haproxy.isAway = does === 'goesElsewhere';
    const group = this.#management.groups[index]!;
    const end = clock.now() + looksWithinMs;
    for (;;) {
      await clock.sleep(pollMs);
      const result = await router.reportRules({ type: 'reportRules' });
      const [said] = answerEvents(result, [{ ...group.records, index }]);
      const isSeen = said === undefined || (said.event === 'refused') === this.#options.haproxy.isAway;
      if (!isSeen && clock.now() < end) continue;
      log(`the router reports rule ${index + 1}: ${describe(result, group)}`);
      if (!isSeen) throw refused(`the router does not see that the address of rule ${index + 1} has moved`);
      if (said === undefined) return;
      group.answer = said.event;
      this.#lastAnswers[index] = said.event === 'refused' ? 'refused' : 'applied';
      this.#verified[index] = saysInForce(result, group);
      return;
    }
  }

  async report(log: Log): Promise<void> {
    const result = await this.running().router.reportRules({ type: 'reportRules' });
    log(`the router reports ${result.rules.length} rules`);
    for (const [index, group] of this.#management.groups.entries()) {
      if (group.queued) continue;
      for (const event of answerEvents(result, [{ ...group.records, index }])) this.#management.hear(event);
      // What was asked for while nothing could be sent is asked for again.
      if (isKnown(this.#management.ruleOf(index).value) && group.answer === undefined)
        this.#management.loseAnswer(index);
    }
  }

  /** Sends a command that the router has already, or should not take. Its answer does not reach the management side. */
  async #again(index: number, command: Command, log: Log): Promise<void> {
    const result = await this.#send(command);
    log(
      `${command.type}, rule ${index + 1} as ${stateOf(command, this.#management.groups[index]!)}: ${result.outcome}`,
    );
  }

  /** A command from before the last one that the router got, with the stickiness that the rule does not have. */
  #olderPut(index: number): Command & { type: 'putRule' } {
    const { records } = this.#management.groups[index]!;
    const last = this.#last[index];
    const known = last?.type === 'putRule' || last?.type === 'removeRule' ? last.generation : records.generation;
    const rule = { ...records.rule, stickiness: otherStickiness(records) };
    return { type: 'putRule', rule, generation: known - 1 };
  }

  #staleSnapshot(stale: number): Command {
    const rules = this.#management.groups.flatMap((group, index) => {
      if (!isKnown(this.#management.ruleOf(index).value)) return [];
      const { rule, generation } = index === stale ? this.#olderPut(index) : group.records;
      return [{ rule, generation }];
    });
    const revision = this.#olderPut(stale).generation;
    return { type: 'syncRules', snapshot: { rules, revision } };
  }

  async answer(index: number, does: 'arrives' | 'isLost', log: Log): Promise<void> {
    const group = this.#management.groups[index]!;
    const { answer } = group;
    if (answer === undefined)
      throw refused(`no answer about the latest generation of rule ${index + 1} is on its way here`);
    if (does === 'isLost') return this.#management.loseAnswer(index);
    group.answer = undefined;
    this.#management.hear({ to: 'rule', group: index, event: answer });
    const { value, isInForce } = this.#management.ruleOf(index);
    log(`"${answer}": rule ${index + 1} is ${value}${isInForce ? ', said to be in force' : ''}`);
  }

  #send(command: Command): Promise<CommandResult> {
    const { router } = this.running();
    this.#hasSent = true;
    return dispatch(router, command);
  }

  /** @throws SimulatorError `OPERATION_REFUSED` when the router does not run. */
  running(): TestBed {
    const testBed = this.#management.router === 'running' ? this.#host.testBed : undefined;
    if (testBed === undefined) throw refused(`the router is ${this.#management.router}`);
    return testBed;
  }
}

/** True when the router should know the rule, or know that it goes. */
export const isKnown = (rule: string): boolean => rule === 'add' || rule === 'active' || rule === 'revoke';
