/**
 * Turns steps of the model into stimuli: what is done to the router and its host. It notes in each rule what the router then
 * has of it; `concrete-rule.ts` has the table of events and fields.
 *
 * @module
 */
import type { Command, VersionedRule } from '@limpet/contract';
import type { Cell, HostNeed } from '@limpet/state-space';
import { APPLIES, isPresent, LOSES, REFUSES, REFUSES_WITHOUT, REGAINS } from '../model/generations.ts';
import type { ExecutedStep } from '../model/test-model.ts';
import type { HostLoss } from '../sut/taken-from-host.ts';
import { type ConcreteRule, commandOf, installedOf, keyOf, lateCommandOf, lossOf } from './concrete-rule.ts';
import type { Stimulus } from './concrete-step.ts';

/**
 * Every 5th applied command is interrupted by a crash of the router after its n-th call to the data plane, and n grows by
 * one each time, from 1 to 47. Limpet's router makes at most 41 calls for 99 % of the applied commands of the suites
 * `transitions` and `pairs` (counted on the data plane in memory), so that 47 points reach the end of nearly all of them;
 * a crash point beyond the last call is a crash of the idle router.
 *
 * 5, 7 and 47 have no factor in common with one another, nor with the number of sticky policies (6) and of changes (9) in
 * `rule-changes.ts`: each crash point meets each kind of data in the course of a tour.
 */
const CRASH_EVERY = 5;
const CRASH_POINTS = 47;

/** Every 7th applied command finds the packet filter locked, unless it is one that a crash interrupts. */
const LOCKED_EVERY = 7;

/** Makes the stimuli of one path. */
export class Stimuli {
  readonly #groups: readonly ConcreteRule[];
  #applied = 0;

  constructor(groups: readonly ConcreteRule[]) {
    this.#groups = groups;
  }

  /** The stimulus of the next step. @param revision - of the management side's full set */
  next({ text, before, after, group }: ExecutedStep, revision: number): Stimulus {
    const loses = LOSES[text];
    if (loses !== undefined) return this.#lose(group, loses);
    if (REGAINS[text] !== undefined) return this.#regain(group);
    if (REFUSES_WITHOUT[text] !== undefined) return this.#withhold(before.cells[group]!, group);
    switch (text) {
      case APPLIES:
        return this.#apply(before.cells, group, revision);
      case REFUSES:
        return this.#refuse(before.cells[group]!, group);
      case 'an older command arrives late':
        return { do: 'send', command: lateCommandOf(this.#groups[group]!), answers: ['superseded'] };
      case 'another operation sends a snapshot that it read before the change':
        return this.#lateSnapshot(before.cells, group);
      case 'the command arrives a second time':
        return {
          do: 'send',
          command: commandOf(this.#groups[group]!, before.cells[group]!),
          answers: [lossOf(this.#groups[group]!) === undefined ? 'applied' : 'refused'],
        };
      case 'the agent crashes and restarts':
        return { do: 'crash' };
      case 'the router has started, and is sent all rules':
        for (const concrete of this.#groups) concrete.inFullSet = true;
        return { do: 'boot' };
      case 'a user stops the router':
      case 'a user reboots the router':
        return before.router === 'running' || before.router === 'unreachable' ? this.#halt() : { do: 'nothing' };
      case 'a user destroys the router':
        return this.#wipe();
      default:
        return after.router === 'running' && before.router === 'unreachable'
          ? { do: 'send', command: { type: 'reportRules' }, answers: ['applied'] }
          : { do: 'nothing' };
    }
  }

  #halt(): Stimulus {
    for (const concrete of this.#groups) {
      const { onRouter } = concrete;
      // HAProxy is started without a rule that cannot be served.
      if (onRouter.state === 'removalRefused' || onRouter.state === 'lost')
        concrete.onRouter = { ...onRouter, record: undefined };
    }
    return { do: 'halt' };
  }

  #lose(group: number, need: HostNeed): Stimulus {
    const concrete = this.#groups[group]!;
    const record = installedOf(concrete)!;
    const what: HostLoss =
      need === 'address' ? { need, ip: concrete.rule.ip } : { need, path: record.rule.certificate! };
    concrete.onRouter = { state: 'lost', what, record, next: record };
    return { do: 'lose', what };
  }

  #withhold(cell: Cell, group: number): Stimulus {
    const concrete = this.#groups[group]!;
    const { rule, generation, onRouter } = concrete;
    concrete.inFullSet = false;
    concrete.reached = generation;
    if (onRouter.state === 'lost') concrete.onRouter = { ...onRouter, next: { rule, generation } };
    return { do: 'send', command: commandOf(concrete, cell), answers: ['refused'] };
  }

  #regain(group: number): Stimulus {
    const concrete = this.#groups[group]!;
    const { onRouter } = concrete;
    if (onRouter.state !== 'lost') return { do: 'nothing' };
    concrete.onRouter = { state: 'installed', record: onRouter.next };
    return { do: 'regain', what: onRouter.what };
  }

  #wipe(): Stimulus {
    for (const concrete of this.#groups) {
      concrete.onRouter = { state: 'absent' };
      concrete.reached = 0;
    }
    return { do: 'wipe' };
  }

  #apply(cells: readonly Cell[], group: number, revision: number): Stimulus {
    const concrete = this.#groups[group]!;
    const cell = cells[group]!;
    const full = concrete.inFullSet && this.#othersAreUnchanged(cells, group);
    const trouble = this.#nextTrouble();
    const { rule, generation } = concrete;
    concrete.inFullSet = false;
    concrete.reached = generation;
    concrete.onRouter =
      cell.rule.value === 'revoke' ? { state: 'absent' } : { state: 'installed', record: { rule, generation } };
    const command: Command = full
      ? { type: 'syncRules', snapshot: { rules: this.#installed(), revision } }
      : commandOf(concrete, cell);
    return { do: 'send', command, answers: ['applied'], ...trouble };
  }

  #installed(): VersionedRule[] {
    return this.#groups.flatMap((concrete) => installedOf(concrete) ?? []);
  }

  #nextTrouble(): Pick<Stimulus & { do: 'send' }, 'crashAfter' | 'locked'> {
    // Not while HAProxy is started for the first rule: the router that finds it so waits five seconds for absent peers.
    if (this.#installed().length === 0) return {};
    this.#applied += 1;
    if (this.#applied % CRASH_EVERY === 0) return { crashAfter: 1 + ((this.#applied / CRASH_EVERY) % CRASH_POINTS) };
    return { locked: this.#applied % LOCKED_EVERY === 0 };
  }

  /** Whether a full set changes no other rule. @param upTo - generations after it do not count */
  #othersAreUnchanged(cells: readonly Cell[], group: number, upTo = Number.POSITIVE_INFINITY): boolean {
    return this.#groups.every((concrete, i) => {
      const { generation } = concrete;
      if (i === group) return true;
      if (cells[i]!.entry.value === 'refused' || lossOf(concrete) !== undefined) return false;
      const wanted = isPresent(cells[i]!) ? generation : undefined;
      return generation > upTo || installedOf(concrete)?.generation === wanted;
    });
  }

  #refuse(cell: Cell, group: number): Stimulus {
    const concrete = this.#groups[group]!;
    const command = commandOf(concrete, cell);
    const record = installedOf(concrete);
    concrete.inFullSet = false;
    concrete.reached = concrete.generation;
    if (command.type === 'removeRule') {
      concrete.onRouter = { state: 'removalRefused', record };
      // A router that has nothing of a rule cannot refuse to remove it: it answers `applied`, where the management side of
      // the model hears a refusal.
      if (record === undefined) return { do: 'send', command, answers: ['applied'] };
    } else {
      concrete.onRouter = record === undefined ? { state: 'absent' } : { state: 'installed', record };
    }
    return { do: 'refuse', command, key: keyOf(concrete) };
  }

  #lateSnapshot(cells: readonly Cell[], group: number): Stimulus {
    const late = lateCommandOf(this.#groups[group]!);
    const revision = late.generation;
    if (!this.#othersAreUnchanged(cells, group, revision))
      return { do: 'send', command: late, answers: ['superseded'] };
    const others = this.#groups.flatMap((concrete, i) => {
      const record = installedOf(concrete);
      return i !== group && record !== undefined && record.generation <= revision ? [record] : [];
    });
    const rules = [{ rule: late.rule, generation: late.generation }, ...others];
    const command: Command = { type: 'syncRules', snapshot: { rules, revision } };
    return { do: 'send', command, answers: ['applied', 'superseded', 'refused'] };
  }
}
