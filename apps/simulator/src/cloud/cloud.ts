import { type Command, dispatch } from '@limpet/contract';
import {
  createManagement,
  type Effect,
  type Management,
  type ManagementEvent,
  type ManagementState,
} from '@limpet/model';
import type { Router } from '@limpet/router';
import { SimulatorError } from '../errors.ts';
import type { RunObserver } from '../run/run-observer.ts';
import type { Operation } from '../scenario/scenario.ts';
import type { TestBedClock, Vms } from '../test-bed/test-bed.ts';
import type { AddressPool } from './addresses.ts';
import { answerEvents } from './answer.ts';
import { applyOrThrow } from './apply-or-throw.ts';
import { type GroupPlan, guestPool, stickinessOf } from './group-plans.ts';
import { bindMembers, type GroupRecords, nextVm, recordsOf } from './group-records.ts';
import { runningGroups } from './running-groups.ts';

/** What a cloud is made of. */
export interface CloudOptions {
  groups: readonly GroupPlan[];
  /** VMs that each group may have at most. */
  maxMembers: number;
  router: Router;
  vms: Vms;
  clock: TestBedClock;
  /** Milliseconds from leaving the rule to the VM's end. */
  graceMs: number;
  observer?: RunObserver | undefined;
}

type GroupEvent = (ManagementEvent & { to: 'group' })['event'];
type Change = Extract<Operation, { op: 'change' }>;

/**
 * The management server: the model's groups, rules and members, and beside them the concrete records. Every operation is
 * an event of the model; the commands that the model emits are bound to the records and sent to the router.
 */
export class Cloud {
  readonly groups: readonly GroupRecords[];
  readonly #options: CloudOptions;
  readonly #model: Management;
  #state: ManagementState;
  /** Generations come from one counter, as `Snapshot.revision` compares them over the whole router. */
  #revision: number;
  readonly #guests: AddressPool;
  /** VMs that have left their rules, and when they end. */
  #leaving: { vm: string; due: number }[] = [];
  /** VMs destroyed and created again by `recreateVms`. */
  vmsRecreated = 0;

  constructor(options: CloudOptions) {
    const { groups, maxMembers } = options;
    this.#options = options;
    this.#model = createManagement({ groups: groups.length, members: maxMembers });
    this.#state = runningGroups(this.#model.initial, groups);
    this.#guests = guestPool(groups);
    this.#revision = groups.length;
    this.groups = groups.map((plan, index) => recordsOf(plan, index, maxMembers));
    options.observer?.began(this.#state, this.groups);
  }

  /** The VMs run; the router starts and gets the full set. */
  async start(): Promise<void> {
    await this.#options.vms.start(this.groups.flatMap((group) => group.rule.members));
    await this.#do({ to: 'router', event: 'deploy' });
    await this.#do({ to: 'router', event: 'started' });
  }

  async disable(index: number): Promise<void> {
    await this.#group(index, 'disable');
  }

  async enable(index: number): Promise<void> {
    await this.#group(index, 'enable');
  }

  /** Changes stickiness, algorithm or both. CloudStack allows it in every state of the group. */
  async change(index: number, { stickiness, algorithm }: Change): Promise<void> {
    const group = this.groups[index]!;
    group.changed = true;
    if (stickiness !== undefined) {
      group.rule = { ...group.rule, stickiness: stickinessOf(stickiness) };
      await this.#do({ to: 'rule', group: index, event: stickiness === 'none' ? 'setNone' : 'setSourceBased' });
    }
    if (algorithm !== undefined) {
      group.rule = { ...group.rule, algorithm };
      await this.#do({ to: 'rule', group: index, event: 'update' });
    }
  }

  /** Adds or removes so many VMs, one after the other. */
  async scale(index: number, by: number): Promise<void> {
    for (let count = 0; count < Math.abs(by); count++) await (by > 0 ? this.#scaleUp(index) : this.#scaleDown(index));
  }

  /**
   * The reporter's way out: every VM leaves the rule and is destroyed, one by one; then the group makes new ones. The
   * caller ends `emptying`, when clients are answered again.
   */
  async recreateVms(index: number): Promise<void> {
    const group = this.groups[index]!;
    const places = [...group.places.keys()].filter((place) => group.places[place] !== undefined);
    group.emptying = true;
    await this.disable(index);
    for (const member of places) await this.#do({ to: 'member', group: index, member, event: 'destroy' });
    await this.enable(index);
    for (const _ of places) await this.#scaleUp(index);
    this.vmsRecreated += places.length;
  }

  /** Resolves when the VMs that left their rules have ended. */
  async idle(): Promise<void> {
    const last = Math.max(0, ...this.#leaving.map(({ due }) => due));
    await this.#options.clock.sleep(Math.max(0, last - this.#options.clock.now()));
    await this.#endVms();
  }

  async #scaleUp(index: number): Promise<void> {
    await this.#quiet(index);
    await this.#group(index, 'scaleUp');
    const member = this.#state.groups[index]!.members.findIndex(({ value }) => value === 'provisioning');
    const vm = nextVm(this.groups[index]!, this.#guests);
    await this.#options.vms.start([vm]);
    this.groups[index]!.places[member] = vm;
    await this.#do({ to: 'member', group: index, member, event: 'started' });
  }

  async #scaleDown(index: number): Promise<void> {
    await this.#quiet(index);
    await this.#group(index, 'scaleDown');
    const member = this.#state.groups[index]!.members.findIndex(({ value }) => value === 'draining');
    await this.#do({ to: 'member', group: index, member, event: 'drained' });
  }

  /** Scenarios do not wait for CloudStack's quiet time of five minutes. */
  async #quiet(index: number): Promise<void> {
    if (this.#state.groups[index]!.group.context.quiet) await this.#group(index, 'quietOver');
  }

  #group(index: number, event: GroupEvent): Promise<void> {
    return this.#do({ to: 'group', group: index, event });
  }

  /** One event of the model, with all that follows from it: records, commands, and the router's answers. */
  async #do(event: ManagementEvent): Promise<void> {
    const refusal = this.#model.refusal(this.#state, event);
    if (refusal !== undefined) throw this.#refused(event, refusal);
    await this.#endVms();
    await this.#step(event);
  }

  async #step(event: ManagementEvent): Promise<void> {
    const { state, effects } = this.#model.step(this.#state, event);
    this.#state = state;
    this.#options.observer?.stepped(event, state);
    const left =
      event.to === 'router' ? [] : bindMembers(this.groups[event.group]!, state.groups[event.group]!.members);
    for (const effect of effects) await this.#carryOut(effect);
    const due = this.#options.clock.now() + this.#options.graceMs;
    this.#leaving.push(...left.map(({ vm }) => ({ vm, due })));
  }

  async #carryOut(effect: Effect): Promise<void> {
    switch (effect.type) {
      case 'newGeneration':
        this.#revision += 1;
        this.groups[effect.group]!.generation = this.#revision;
        return;
      case 'putRule': {
        const { rule, generation } = this.groups[effect.group]!;
        return this.#send({ type: 'putRule', rule, generation });
      }
      case 'removeRule': {
        const { rule, generation } = this.groups[effect.group]!;
        return this.#send({ type: 'removeRule', key: { ip: rule.ip, port: rule.port }, generation });
      }
      case 'syncRules': {
        const rules = this.groups.map(({ rule, generation }) => ({ rule, generation }));
        return this.#send({ type: 'syncRules', snapshot: { rules, revision: this.#revision } });
      }
      case 'reportRules':
        return this.#send({ type: 'reportRules' });
      default:
        return;
    }
  }

  async #send(command: Command): Promise<void> {
    this.#options.observer?.sent(command);
    const result = await dispatch(this.#options.router, command);
    this.#options.observer?.answered(command, result);
    if (command.type === 'syncRules') applyOrThrow(result);
    for (const event of answerEvents(result, this.groups)) await this.#step(event);
  }

  /** No timer of its own: on the virtual clock, a background sleep would make the time of all tasks jump. */
  async #endVms(): Promise<void> {
    const now = this.#options.clock.now();
    const over = this.#leaving.filter(({ due }) => due <= now);
    this.#leaving = this.#leaving.filter(({ due }) => due > now);
    if (over.length > 0) await this.#options.vms.destroy(over.map(({ vm }) => vm));
  }

  #refused(event: ManagementEvent, refusal: string): SimulatorError {
    const about = event.to === 'router' ? 'the router' : `group ${this.groups[event.group]!.name}`;
    return new SimulatorError('OPERATION_REFUSED', `${about}: cannot ${event.event}: ${refusal}`);
  }
}
