/**
 * Carries out the steps of a run: on the management side, on the link, and on the router's machine.
 *
 * @module
 */
import type { TestBed } from '../test-bed/test-bed.ts';
import type { Action } from './action.ts';
import { Machine, type MachineOptions, refused } from './host.ts';
import { isKnown, Link, type Said, type Say } from './link.ts';
import type { ReplayManagement } from './management.ts';

/** What a stage is made of. */
export interface StageOptions extends MachineOptions {
  management: ReplayManagement;
}

/** The router of a run, with all that surrounds it. */
export class Stage {
  readonly #management: ReplayManagement;
  readonly #haproxy: StageOptions['haproxy'];
  readonly #machine: Machine;
  readonly #link: Link;

  constructor({ management, ...machine }: StageOptions) {
    this.#management = management;
    this.#haproxy = machine.haproxy;
    this.#machine = new Machine(machine);
    this.#link = new Link(management, this.#machine, machine);
  }

  /** The router's surroundings; undefined while it is down. */
  get testBed(): TestBed | undefined {
    return this.#machine.testBed;
  }

  said(group: number): Said {
    return this.#link.said(group);
  }

  /** True when what the router got last about the rule is its latest generation. */
  hasLatest(group: number): boolean {
    return this.#link.hasLatest(group);
  }

  /** True when the router says that it has seen the rule in force, on held connections, too. CloudStack's never looks. */
  hasVerified(group: number): boolean {
    return this.#link.hasVerified(group);
  }

  /** True when the last step sent the router something. */
  get hasSent(): boolean {
    return this.#link.hasSent;
  }

  /** True when the last step changed the rule at the router. */
  isTouched(group: number): boolean {
    return this.#link.isTouched(group);
  }

  /**
   * One step.
   *
   * @param changed the lanes that are different after it in the model
   * @throws SimulatorError `OPERATION_REFUSED` when it cannot be done here; then nothing has changed
   */
  async act(action: Action, changed: Readonly<Record<string, string>>, say: Say): Promise<void> {
    this.#link.begin();
    const management = this.#management;
    switch (action.kind) {
      case 'create':
        management.create(action.group);
        return;
      case 'group':
        return this.#machine.destroy(management.step({ to: 'group', group: action.group, event: action.event }).left);
      case 'rule':
        return this.#change(action, say);
      case 'member':
        return this.#member(action, changed[`members ${action.group + 1}`], say);
      case 'router':
        return this.#router(action.event, say);
      case 'crash':
        return this.#crash(say);
      case 'command':
        return this.#link.command(action.group, action.does, say);
      case 'answer':
        return this.#link.answer(action.group, action.does, say);
    }
  }

  /** No fault any more: whatever is under way comes to its end. */
  async rest(rounds: number, say: Say): Promise<void> {
    this.#link.begin();
    this.#haproxy.rejected = undefined;
    for (let round = 0; round < rounds && (await this.#advance(say)); round++);
  }

  async close(): Promise<void> {
    this.#link.forget();
    await this.#machine.close();
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
      if (group.answer !== undefined) await this.#link.answer(index, 'arrives', say);
      else if (group.queued) await this.#link.command(index, 'apply', say);
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
      await this.#machine.start([vm]);
    }
    const before = management.groups[group]!.records.places[place];
    const { left } = management.step(member);
    await this.#machine.destroy(event === 'fail' && before !== undefined ? [before] : left);
  }

  async #router(event: (Action & { kind: 'router' })['event'], say: Say): Promise<void> {
    const management = this.#management;
    if (!management.can({ to: 'router', event })) management.step({ to: 'router', event });
    if (event === 'lost') this.#link.loseAnswers();
    if (event === 'destroy') await this.close();
    if (event === 'stop' || event === 'reboot') await this.#switchOff();
    if (event === 'started') await this.#machine.on(management.vms);
    const { asksForReport } = management.step({ to: 'router', event });
    if (asksForReport) await this.#link.report(say);
  }

  async #switchOff(): Promise<void> {
    this.#link.forget();
    await this.#machine.off();
  }

  async #crash(say: Say): Promise<void> {
    const { crashAgent } = this.#link.running();
    if (crashAgent === undefined) say('this router has no agent beside HAProxy that could crash');
    else await crashAgent();
    this.#link.loseAnswers();
  }
}
