/**
 * Carries out the steps of a run: on the management side, on the link, and on the router's machine.
 *
 * @module
 */

import type { MemberRecord } from '@limpet/contract';
import { type Command, type CommandResult, type Condition, dispatch, type RuleStatus } from '@limpet/contract';
import type { Random } from '@limpet/router';
import { answerEvents } from '../answer.ts';
import { SimulatorError } from '../errors.ts';
import type { RouterKind, World, WorldOptions } from '../world/world.ts';
import type { Action, Handling } from './action.ts';
import { otherStickiness, publicIp, type ReplayGroup, type ReplayManagement } from './management.ts';
import type { RefusingHaproxy } from './refusing.ts';

/** What a stage is made of. */
export interface StageOptions {
  management: ReplayManagement;
  haproxy: RefusingHaproxy;
  router: RouterKind;
  openWorld: (options: WorldOptions) => Promise<World>;
  random: Random;
}

/** What the router said of a rule last. */
export type Said = 'applied' | 'refused' | 'removed' | undefined;

type Say = (line: string) => void;

/** Held connections of a changed rule may go on for so long, in milliseconds. */
const deadlineMs = 300;
/** After a crash a router looks again at what it has; in milliseconds. */
const verifiedWithinMs = 3000;
const pollMs = 50;

/** The router of a run, with all that surrounds it. */
export class Stage {
  readonly #options: StageOptions;
  readonly #management: ReplayManagement;
  /** Of each rule. */
  readonly #said: Said[];
  readonly #last: (Command | undefined)[];
  readonly #verified: boolean[];
  /** The rules that the present step is about. */
  readonly #touched = new Set<number>();
  #hasSent = false;
  #isUp = false;
  #world: World | undefined;

  constructor(options: StageOptions) {
    this.#options = options;
    this.#management = options.management;
    this.#said = options.management.groups.map(() => undefined);
    this.#last = options.management.groups.map(() => undefined);
    this.#verified = options.management.groups.map(() => false);
  }

  /** The router's surroundings; undefined while it is down. */
  get world(): World | undefined {
    return this.#isUp ? this.#world : undefined;
  }

  said(group: number): Said {
    return this.#said[group];
  }

  /** True when what the router got last about the rule is its latest generation. */
  hasLatest(group: number): boolean {
    const last = this.#last[group];
    return last !== undefined && isOf(last, this.#management.groups[group]!);
  }

  /** True when the router says that it has seen the rule in force, on held connections, too. CloudStack's never looks. */
  hasVerified(group: number): boolean {
    return this.#verified[group]!;
  }

  /** True when the last step sent the router something. */
  get hasSent(): boolean {
    return this.#hasSent;
  }

  /** True when the last step changed the rule at the router. */
  isTouched(group: number): boolean {
    return this.#touched.has(group);
  }

  /**
   * One step.
   *
   * @param changed the lanes that are different after it in the model
   * @throws SimulatorError `OPERATION_REFUSED` when it cannot be done here; then nothing has changed
   */
  async act(action: Action, changed: Readonly<Record<string, string>>, say: Say): Promise<void> {
    this.#begin();
    const management = this.#management;
    switch (action.kind) {
      case 'create':
        management.create(action.group);
        return;
      case 'group':
        return this.#end(management.step({ to: 'group', group: action.group, event: action.event }).left);
      case 'rule':
        return this.#change(action, say);
      case 'member':
        return this.#member(action, changed[`members ${action.group + 1}`], say);
      case 'router':
        return this.#router(action.event, say);
      case 'crash':
        return this.#crash(say);
      case 'command':
        return this.#command(action.group, action.does, say);
      case 'answer':
        return this.#answer(action.group, action.does, say);
    }
  }

  /** No fault any more: whatever is under way comes to its end. */
  async rest(rounds: number, say: Say): Promise<void> {
    this.#begin();
    this.#options.haproxy.rejected = undefined;
    for (let round = 0; round < rounds && (await this.#advance(say)); round++);
  }

  async close(): Promise<void> {
    const world = this.#world;
    this.#world = undefined;
    this.#isUp = false;
    this.#said.fill(undefined);
    await world?.close();
  }

  /** @returns false when nothing is under way */
  async #advance(say: Say): Promise<boolean> {
    const management = this.#management;
    const rules = [...management.groups.keys()].filter((index) => isKnown(management.ruleOf(index).value));
    if (rules.length === 0) return false;
    const next = { absent: 'deploy', starting: 'started', stopped: 'start', unreachable: 'recovered' } as const;
    const { router } = management;
    if (router in next) {
      await this.#router(next[router as keyof typeof next], say);
      return true;
    }
    let moved = false;
    for (const index of rules) {
      const group = management.groups[index]!;
      if (group.answer !== undefined) await this.#answer(index, 'arrives', say);
      else if (group.queued) await this.#command(index, 'apply', say);
      else if (management.ruleOf(index).isRefused) management.step({ to: 'rule', group: index, event: 'retry' });
      else continue;
      moved = true;
    }
    return moved;
  }

  async #change({ group, change }: Action & { kind: 'rule' }, say: Say): Promise<void> {
    if (change === 'retry') this.#management.step({ to: 'rule', group, event: 'retry' });
    else if (change === 'protocol') this.#management.changeProtocol(group);
    else this.#management.changeStickiness(group);
    const { rule, generation } = this.#management.groups[group]!.records;
    say(
      `rule ${group + 1} is wanted with ${rule.protocol}, stickiness ${rule.stickiness.method}, generation ${generation}`,
    );
  }

  async #member(action: Action & { kind: 'member' }, after: string | undefined, say: Say): Promise<void> {
    const management = this.#management;
    const { group, event } = action;
    const place = management.placeFor(action, after);
    if (place === undefined) throw refused(`no VM of group ${group + 1} takes ${event} now`);
    const member = { to: 'member', group, member: place, event } as const;
    if (event === 'started' && management.can(member)) {
      const vm = management.start(group, place);
      say(`${vm.vm} runs at ${vm.ip}`);
      await this.#world?.vms.start([vm]);
    }
    const before = management.groups[group]!.records.places[place];
    const { left } = management.step(member);
    await this.#end(event === 'fail' && before !== undefined ? [before] : left);
  }

  async #router(event: (Action & { kind: 'router' })['event'], say: Say): Promise<void> {
    const management = this.#management;
    if (!management.can({ to: 'router', event })) management.step({ to: 'router', event });
    if (event === 'lost') for (const index of management.groups.keys()) this.#loseAnswer(index);
    if (event === 'destroy') await this.close();
    if (event === 'stop' || event === 'reboot') await this.#switchOff();
    if (event === 'started') await this.#switchOn();
    const { asksForReport } = management.step({ to: 'router', event });
    if (asksForReport) await this.#report(say);
  }

  async #switchOff(): Promise<void> {
    this.#isUp = false;
    this.#said.fill(undefined);
    await this.#world?.power.off();
  }

  async #switchOn(): Promise<void> {
    this.#isUp = true;
    if (this.#world !== undefined) return this.#world.power.on();
    const { openWorld, router, random, haproxy } = this.#options;
    this.#world = await openWorld({ router, publicIps: [publicIp], deadlineMs, random, between: haproxy.install });
    await this.#world.vms.start(this.#management.vms);
  }

  async #crash(say: Say): Promise<void> {
    const { crashAgent } = this.#running();
    if (crashAgent === undefined) say('this router has no agent beside HAProxy that could crash');
    else await crashAgent();
    for (const index of this.#management.groups.keys()) this.#loseAnswer(index);
  }

  #loseAnswer(group: number): void {
    if (this.#management.groups[group]!.answer !== undefined) this.#management.loseAnswer(group);
  }

  async #command(index: number, does: Handling, say: Say): Promise<void> {
    const group = this.#management.groups[index]!;
    switch (does) {
      case 'lose':
        this.#mustWait(group, index);
        return say('nothing reaches the router');
      case 'apply':
        this.#mustWait(group, index);
        if (this.#options.haproxy.rejected?.port === group.records.rule.port)
          this.#options.haproxy.rejected = undefined;
        return this.#handle(group, index, say);
      case 'refuse':
        this.#mustWait(group, index);
        if (this.#options.router === 'memory') throw refused('the embedded router has no HAProxy that could refuse');
        this.#options.haproxy.rejected = group.records.rule;
        await this.#handle(group, index, say);
        if (group.answer !== 'refused') say('HAProxy rejected the configuration, and the router does not say so');
        return;
      case 'verify':
        return this.#verify(group, index, say);
      case 'late':
        return this.#again(index, this.#olderPut(index), say);
      case 'staleSnapshot':
        return this.#again(index, this.#staleSnapshot(index), say);
      case 'again': {
        const last = this.#last[index];
        if (last === undefined) throw refused(`no command about rule ${index + 1} has been sent`);
        return this.#again(index, last, say);
      }
    }
  }

  #mustWait({ queued, answer }: ReplayGroup, index: number): void {
    this.#running();
    if (!queued || answer !== undefined) throw refused(`no command about rule ${index + 1} waits here`);
  }

  async #handle(group: ReplayGroup, index: number, say: Say): Promise<void> {
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
      this.#said[index] = group.answer === 'refused' ? 'refused' : removes ? 'removed' : 'applied';
    this.#verified[index] = conditionOf(statusIn(result, group), 'InForce') === 'True';
    say(`${command.type} of rule ${index + 1}, generation ${generation}: ${describe(result, group)}`);
  }

  async #verify(group: ReplayGroup, index: number, say: Say): Promise<void> {
    const { router, clock } = this.#running();
    const end = clock.now() + verifiedWithinMs;
    for (;;) {
      const result = await router.reportRules({ type: 'reportRules' });
      const events = answerEvents(result, [{ ...group.records, index }]);
      const isVerified = events.some(({ event }) => event === 'inForce');
      if (isVerified || clock.now() >= end) say(`the router reports rule ${index + 1}: ${describe(result, group)}`);
      if (isVerified) break;
      if (clock.now() >= end) throw refused(`the router does not say that rule ${index + 1} is in force`);
      await clock.sleep(pollMs);
    }
    group.answer = 'inForce';
  }

  async #report(say: Say): Promise<void> {
    const result = await this.#running().router.reportRules({ type: 'reportRules' });
    say(`the router reports ${result.rules.length} rules`);
    for (const [index, group] of this.#management.groups.entries()) {
      if (group.queued) continue;
      for (const event of answerEvents(result, [{ ...group.records, index }])) this.#management.hear(event);
      // What was asked for while nothing could be sent is asked for again.
      if (isKnown(this.#management.ruleOf(index).value) && group.answer === undefined)
        this.#management.loseAnswer(index);
    }
  }

  /** What the router has or should not take: nobody waits for the answer. */
  async #again(index: number, command: Command, say: Say): Promise<void> {
    const result = await this.#send(command);
    say(
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

  async #answer(index: number, does: 'arrives' | 'isLost', say: Say): Promise<void> {
    const group = this.#management.groups[index]!;
    const { answer } = group;
    if (answer === undefined)
      throw refused(`no answer about the latest generation of rule ${index + 1} is on its way here`);
    if (does === 'isLost') return this.#management.loseAnswer(index);
    group.answer = undefined;
    this.#management.hear({ to: 'rule', group: index, event: answer });
    const { value, isInForce } = this.#management.ruleOf(index);
    say(`"${answer}": rule ${index + 1} is ${value}${isInForce ? ', said to be in force' : ''}`);
  }

  async #end(vms: readonly MemberRecord[]): Promise<void> {
    if (vms.length > 0) await this.#world?.vms.destroy(vms.map(({ vm }) => vm));
  }

  #begin(): void {
    this.#touched.clear();
    this.#hasSent = false;
  }

  #send(command: Command): Promise<CommandResult> {
    const { router } = this.#running();
    this.#hasSent = true;
    return dispatch(router, command);
  }

  #running(): World {
    const world = this.#management.router === 'running' ? this.#world : undefined;
    if (world === undefined) throw refused(`the router is ${this.#management.router}`);
    return world;
  }
}

const refused = (reason: string): SimulatorError => new SimulatorError('OPERATION_REFUSED', reason);

/** True when the router should know the rule, or know that it goes. */
const isKnown = (rule: string): boolean => rule === 'add' || rule === 'active' || rule === 'revoke';

const isOf = (command: Command, { records }: ReplayGroup): boolean =>
  'generation' in command && command.generation === records.generation;

function stateOf(command: Command, group: ReplayGroup): string {
  return isOf(command, group) ? 'it is' : `it was before, stickiness ${otherStickiness(group.records).method}`;
}

const statusIn = ({ rules }: CommandResult, { records: { rule } }: ReplayGroup): RuleStatus | undefined =>
  rules.find(({ key }) => key.ip === rule.ip && key.port === rule.port);

const conditionOf = (status: RuleStatus | undefined, wanted: Condition['type']): Condition['status'] | undefined =>
  status?.conditions.find(({ type }) => type === wanted)?.status;

function describe(result: CommandResult, group: ReplayGroup): string {
  const status = statusIn(result, group);
  return [result.outcome, ...(status === undefined ? [] : conditionsOf(status))].join(', ');
}

const conditionsOf = ({ conditions }: RuleStatus): string[] =>
  conditions.map(({ type, status, reason, message }) => {
    if (status === 'True') return type;
    return status === 'False' ? `${type} False (${reason}: ${message})` : `${type} ${status} (${reason})`;
  });
