/**
 * The management side of a replay: the model's statecharts, the records that they are bound to, and what waits on the way to
 * the router and back. Nothing is sent by itself: the run says when.
 *
 * @module
 */
import type { MemberRecord } from '@limpet/contract';
import {
  createManagement,
  type Effect,
  type Management,
  type ManagementEvent,
  type ManagementState,
} from '@limpet/model';
import { AddressPool } from '../cloud/addresses.ts';
import { stickinessOf } from '../cloud/group-plans.ts';
import { bindMembers, type GroupRecords, nextVm, recordsOf } from '../cloud/group-records.ts';
import { SimulatorError } from '../errors.ts';
import type { Action } from './action.ts';

/** The router's only public address in a replay. */
export const publicIp = '203.0.113.10';
const firstPort = 8101;
const privatePort = 80;
const firstGuest = '10.1.1.10';
/** Room for an older generation between two. */
const generationStep = 2;

type RuleEvent = (ManagementEvent & { to: 'rule' })['event'];

/** A group with its rule, and what is under way about it. */
export interface ReplayGroup {
  readonly records: GroupRecords;
  /**
   * Two VMs that stand behind the rule besides those of the group: a shortest run hardly ever waits for VMs, and clients need
   * two to tell stickiness from chance.
   */
  readonly standing: readonly MemberRecord[];
  /** A command waits for its turn. */
  queued: boolean;
  /** The router's answer, on its way. */
  answer: RuleEvent | undefined;
}

/** What a step of the management side asks of its environment. */
export interface Outcome {
  readonly left: readonly MemberRecord[];
  /** The router is asked for its rules. */
  readonly asksForReport: boolean;
}

/** The management server of a replay. */
export class ReplayManagement {
  readonly groups: readonly ReplayGroup[];
  readonly #model: Management;
  readonly #guests = new AddressPool(firstGuest);
  #state: ManagementState;
  #generation = 0;

  constructor(groups: number, places: number) {
    this.#model = createManagement({ groups, members: places });
    this.#state = this.#model.initial;
    this.groups = Array.from({ length: groups }, (_, index) => this.#newGroup(index, places));
  }

  get router(): string {
    return this.#state.router.value;
  }

  /** State of a group's rule: `staged` before it is created, `gone` after. */
  ruleOf(group: number): { value: string; isRefused: boolean; isInForce: boolean } {
    const { value, context } = this.#state.groups[group]!.rule;
    return { value, isRefused: context.asked === 'refused', isInForce: context.inForce === 'current' };
  }

  /** All VMs that run. */
  get vms(): MemberRecord[] {
    return this.groups.flatMap(({ records, standing }) => [
      ...standing,
      ...records.places.filter((vm) => vm !== undefined),
    ]);
  }

  create(group: number): Outcome {
    const { records } = this.groups[group]!;
    records.rule = { ...records.rule, stickiness: stickinessOf('none'), protocol: 'tcp' };
    // Nothing was there before the first group, which the model has in its initial state.
    const create = { to: 'place', group, event: 'create' } as const;
    if (this.can(create)) this.step(create);
    else this.#newGeneration(group);
    return this.step({ to: 'rule', group, event: 'accept' });
  }

  /** A user changes the stickiness to the other kind. */
  changeStickiness(group: number): Outcome {
    const { records } = this.groups[group]!;
    const isNone = records.rule.stickiness.method === 'none';
    const outcome = this.step({ to: 'rule', group, event: isNone ? 'setSourceBased' : 'setNone' });
    records.rule = { ...records.rule, stickiness: otherStickiness(records) };
    return outcome;
  }

  changeProtocol(group: number): Outcome {
    const { records } = this.groups[group]!;
    const outcome = this.step({ to: 'rule', group, event: 'update' });
    records.rule = { ...records.rule, protocol: records.rule.protocol === 'tcp' ? 'http' : 'tcp' };
    return outcome;
  }

  /** A VM has started: it gets a name and an address. */
  start(group: number, place: number): MemberRecord {
    const { records } = this.groups[group]!;
    const vm = nextVm(records, this.#guests);
    records.places[place] = vm;
    return vm;
  }

  /**
   * The place that an event of a VM is about. Where any VM will do, the one after which the VMs are as in the model.
   *
   * @param after the states of the group's VMs after it, as the model has them
   */
  placeFor({ group, place, event }: Action & { kind: 'member' }, after: string | undefined): number | undefined {
    if (place !== undefined) return place;
    const able = this.groups[group]!.records.places.flatMap((_, at) =>
      this.#model.refusal(this.#state, { to: 'member', group, member: at, event }) === undefined ? [at] : [],
    );
    const wanted = after?.split(', ').sort().join();
    const fits = (at: number): boolean => {
      const { state } = this.#model.step(this.#state, { to: 'member', group, member: at, event });
      return (
        wanted ===
        state.groups[group]!.members.map(({ value }) => value)
          .sort()
          .join()
      );
    };
    return able.find(fits) ?? able[0];
  }

  can(event: ManagementEvent): boolean {
    return this.#model.refusal(this.#state, event) === undefined;
  }

  /**
   * One event, and all that follows from it.
   *
   * @throws SimulatorError `OPERATION_REFUSED`
   */
  step(event: ManagementEvent): Outcome {
    const refusal = this.#model.refusal(this.#state, event);
    if (refusal !== undefined) throw new SimulatorError('OPERATION_REFUSED', refusal);
    return this.hear(event);
  }

  /** As {@link step}, of an answer that may be of no interest any more. */
  hear(event: ManagementEvent): Outcome {
    const { state, effects } = this.#model.step(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#note(effect);
    const left = event.to === 'router' ? [] : this.#bind(event.group);
    if (event.to !== 'router') this.#goOn(event.group);
    return { left, asksForReport: effects.some(({ type }) => type === 'reportRules') };
  }

  /** The management side waits in vain for an answer, and sends the command again. */
  loseAnswer(group: number): void {
    this.groups[group]!.answer = undefined;
    const timeout = { to: 'rule', group, event: 'timeout' } as const;
    if (this.can(timeout)) this.hear(timeout);
  }

  #note(effect: Effect): void {
    switch (effect.type) {
      case 'newGeneration':
        this.#newGeneration(effect.group);
        return;
      case 'putRule':
      case 'removeRule': {
        // The request that is under way is about the same generation: its answer will do.
        const group = this.groups[effect.group]!;
        group.queued ||= group.answer === undefined;
        return;
      }
      case 'syncRules':
        // The full set goes rule by rule, in the order of the run.
        for (const [index, group] of this.groups.entries())
          group.queued ||= ['add', 'active', 'revoke'].includes(this.ruleOf(index).value);
        return;
      case 'halt':
      case 'wipe':
        for (const group of this.groups) {
          group.queued = false;
          group.answer = undefined;
        }
        return;
      case 'reportRules':
        return;
    }
  }

  /** An answer that is in flight is about an older generation from now on. */
  #newGeneration(group: number): void {
    this.#generation += generationStep;
    this.groups[group]!.records.generation = this.#generation;
    this.groups[group]!.answer = undefined;
  }

  #bind(group: number): MemberRecord[] {
    const { records, standing } = this.groups[group]!;
    const left = bindMembers(records, this.#state.groups[group]!.members);
    records.rule = { ...records.rule, members: [...standing, ...records.rule.members] };
    return left;
  }

  /** What the model does at once: the quiet time is over, and the rule goes with its group. */
  #goOn(group: number): void {
    const { group: machine } = this.#state.groups[group]!;
    if (machine.context.quiet) this.hear({ to: 'group', group, event: 'quietOver' });
    const remove = { to: 'rule', group, event: 'delete' } as const;
    if (machine.value === 'removed' && this.ruleOf(group).value !== 'revoke' && this.can(remove)) this.hear(remove);
  }

  #newGroup(index: number, places: number): ReplayGroup {
    const rule = {
      ip: publicIp,
      port: firstPort + index,
      protocol: 'tcp' as const,
      algorithm: 'roundrobin' as const,
      cidrs: [],
      stickiness: stickinessOf('none'),
      members: [],
    };
    const plan = { set: 'replay', name: `group-${index + 1}`, rule, clients: 0 };
    const records: GroupRecords = { ...recordsOf(plan, index, places), privatePort };
    const standing = [nextVm(records, this.#guests), nextVm(records, this.#guests)];
    records.rule = { ...rule, members: standing };
    return { records, standing, queued: false, answer: undefined };
  }
}

/** The stickiness that a rule does not have. */
export const otherStickiness = ({ rule }: GroupRecords) =>
  stickinessOf(rule.stickiness.method === 'none' ? 'SourceBased' : 'none');
