/**
 * Carries out the steps of a run on the management side, on the link, and on the router's host.
 *
 * @module
 */
import type { TestBed } from '../test-bed/test-bed.ts';
import type { Action } from './action.ts';
import { Host, type HostOptions, refused } from './host.ts';
import { isKnown, type LastAnswer, Link, type Log } from './link.ts';
import type { ReplayManagement } from './management.ts';

/** Options of a replay driver. */
export interface ReplayDriverOptions extends HostOptions {
  management: ReplayManagement;
}

/** The router of a run, with all that surrounds it. */
export class ReplayDriver {
  readonly #management: ReplayManagement;
  readonly #haproxy: ReplayDriverOptions['haproxy'];
  readonly #host: Host;
  readonly #link: Link;

  constructor({ management, ...host }: ReplayDriverOptions) {
    this.#management = management;
    this.#haproxy = host.haproxy;
    this.#host = new Host(host);
    this.#link = new Link(management, this.#host, host);
  }

  /** What surrounds the router; undefined while its host is down. */
  get testBed(): TestBed | undefined {
    return this.#host.testBed;
  }

  /** See {@link LastAnswer}. */
  lastAnswer(group: number): LastAnswer {
    return this.#link.lastAnswer(group);
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
  async act(action: Action, changed: Readonly<Record<string, string>>, log: Log): Promise<void> {
    this.#link.begin();
    const management = this.#management;
    switch (action.kind) {
      case 'create':
        management.create(action.group);
        return;
      case 'group':
        return this.#host.destroy(management.step({ to: 'group', group: action.group, event: action.event }).left);
      case 'rule':
        return this.#change(action, log);
      case 'member':
        return this.#member(action, changed[`members ${action.group + 1}`], log);
      case 'router':
        return this.#router(action.event, log);
      case 'crash':
        return this.#crash(log);
      case 'address':
        return this.#link.moveAddress(action.group, action.does, log);
      case 'certificate':
        throw refused('the rules of a replay have no certificate; the suites of limpet conform take it away');
      case 'command':
        return this.#link.command(action.group, action.does, log);
      case 'answer':
        return this.#link.answer(action.group, action.does, log);
    }
  }

  /** No fault any more: whatever is under way comes to its end. */
  async rest(rounds: number, log: Log): Promise<void> {
    this.#link.begin();
    this.#haproxy.rejected = undefined;
    this.#haproxy.isAway = false;
    for (let round = 0; round < rounds && (await this.#advance(log)); round++);
  }

  async close(): Promise<void> {
    this.#link.forget();
    await this.#host.close();
  }

  /** @returns false when nothing is under way */
  async #advance(log: Log): Promise<boolean> {
    const management = this.#management;
    const rules = [...management.groups.keys()].filter((index) => isKnown(management.ruleOf(index).value));
    if (rules.length === 0) return false;
    const next = { absent: 'deploy', starting: 'started', stopped: 'start', unreachable: 'recovered' } as const;
    const { router } = management;
    if (router in next) {
      await this.#router(next[router as keyof typeof next], log);
      return true;
    }
    let moved = false;
    for (const index of rules) {
      const group = management.groups[index]!;
      if (group.answer !== undefined) await this.#link.answer(index, 'arrives', log);
      else if (group.queued) await this.#link.command(index, 'apply', log);
      else if (management.ruleOf(index).isRefused) management.step({ to: 'rule', group: index, event: 'retry' });
      else continue;
      moved = true;
    }
    return moved;
  }

  async #change({ group, change }: Action & { kind: 'rule' }, log: Log): Promise<void> {
    if (change === 'retry') this.#management.step({ to: 'rule', group, event: 'retry' });
    else if (change === 'protocol') this.#management.changeProtocol(group);
    else this.#management.changeStickiness(group);
    const { rule, generation } = this.#management.groups[group]!.records;
    log(
      `rule ${group + 1} is wanted with ${rule.protocol}, stickiness ${rule.stickiness.method}, generation ${generation}`,
    );
  }

  async #member(action: Action & { kind: 'member' }, after: string | undefined, log: Log): Promise<void> {
    const management = this.#management;
    const { group, event } = action;
    const place = management.placeFor(action, after);
    if (place === undefined) throw refused(`no VM of group ${group + 1} takes ${event} now`);
    const member = { to: 'member', group, member: place, event } as const;
    if (event === 'started' && management.can(member)) {
      const vm = management.start(group, place);
      log(`${vm.vm} runs at ${vm.ip}`);
      await this.#host.start([vm]);
    }
    const before = management.groups[group]!.records.places[place];
    const { left } = management.step(member);
    await this.#host.destroy(event === 'fail' && before !== undefined ? [before] : left);
  }

  async #router(event: (Action & { kind: 'router' })['event'], log: Log): Promise<void> {
    const management = this.#management;
    if (!management.can({ to: 'router', event })) management.step({ to: 'router', event });
    if (event === 'lost') this.#link.loseAnswers();
    if (event === 'destroy') await this.close();
    if (event === 'stop' || event === 'reboot') await this.#switchOff();
    if (event === 'started') await this.#host.on(management.vms);
    const { asksForReport } = management.step({ to: 'router', event });
    if (asksForReport) await this.#link.report(log);
  }

  async #switchOff(): Promise<void> {
    this.#link.forget();
    await this.#host.off();
  }

  async #crash(log: Log): Promise<void> {
    const { crashAgent } = this.#link.running();
    if (crashAgent === undefined) log('this router has no agent beside HAProxy that could crash');
    else await crashAgent();
    this.#link.loseAnswers();
  }
}
