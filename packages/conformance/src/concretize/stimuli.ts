import type { Command } from '@limpet/contract';
import type { Cell } from '@limpet/state-space';
import { APPLIES, isPresent, REFUSES } from '../model/generations.ts';
import type { ExecutedStep } from '../model/test-model.ts';
import { type ConcreteRule, commandOf, keyOf, lateCommandOf } from './concrete-rule.ts';
import type { Stimulus } from './concrete-step.ts';

/** Every so many applied commands one is interrupted by a crash, each time a few calls later, so that every point has its turn. */
const CRASH_EVERY = 5;
const CRASH_POINTS = 47;
/** And every so many meet a packet filter that is locked. */
const LOCKED_EVERY = 7;

/** What steps of the model are for the router and its machine; keeps the records of what the router has. */
export class Stimuli {
  readonly #groups: readonly ConcreteRule[];
  #applied = 0;

  constructor(groups: readonly ConcreteRule[]) {
    this.#groups = groups;
  }

  /** @param revision - of the management side's full set */
  next({ text, before, after, group }: ExecutedStep, revision: number): Stimulus {
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
        return { do: 'send', command: commandOf(this.#groups[group]!, before.cells[group]!), answers: ['applied'] };
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
    for (const concrete of this.#groups) if (concrete.refusedRemoval) concrete.installed = undefined;
    return { do: 'halt' };
  }

  #wipe(): Stimulus {
    for (const concrete of this.#groups) {
      concrete.installed = undefined;
      concrete.reached = 0;
      concrete.refusedRemoval = false;
    }
    return { do: 'wipe' };
  }

  #apply(cells: readonly Cell[], group: number, revision: number): Stimulus {
    const concrete = this.#groups[group]!;
    const cell = cells[group]!;
    const full = concrete.inFullSet && this.#othersRest(cells, group);
    const trouble = this.#nextTrouble();
    concrete.inFullSet = false;
    concrete.refusedRemoval = false;
    concrete.reached = concrete.generation;
    concrete.installed =
      cell.rule.value === 'revoke' ? undefined : { rule: concrete.rule, generation: concrete.generation };
    const rules = this.#groups.flatMap(({ installed }) => installed ?? []);
    const command: Command = full ? { type: 'syncRules', snapshot: { rules, revision } } : commandOf(concrete, cell);
    return { do: 'send', command, answers: ['applied'], ...trouble };
  }

  #nextTrouble(): Pick<Stimulus & { do: 'send' }, 'crashAfter' | 'locked'> {
    // Not while HAProxy is started for the first rule: who finds it so waits five seconds for peers that are not there.
    if (this.#groups.every(({ installed }) => installed === undefined)) return {};
    this.#applied += 1;
    if (this.#applied % CRASH_EVERY === 0) return { crashAfter: 1 + ((this.#applied / CRASH_EVERY) % CRASH_POINTS) };
    return { locked: this.#applied % LOCKED_EVERY === 0 };
  }

  /** A full set would change nothing about any other rule. */
  #othersRest(cells: readonly Cell[], group: number, upTo = Number.POSITIVE_INFINITY): boolean {
    return this.#groups.every(({ installed, generation }, i) => {
      if (i === group) return true;
      if (cells[i]!.entry.value === 'refused') return false;
      return generation > upTo || installed?.generation === (isPresent(cells[i]!) ? generation : undefined);
    });
  }

  #refuse(cell: Cell, group: number): Stimulus {
    const concrete = this.#groups[group]!;
    const command = commandOf(concrete, cell);
    concrete.inFullSet = false;
    concrete.reached = concrete.generation;
    concrete.refusedRemoval = command.type === 'removeRule';
    // A router that has nothing of a rule has nothing to refuse either: only its answer is lost, and another comes.
    if (concrete.refusedRemoval && concrete.installed === undefined)
      return { do: 'send', command, answers: ['applied'] };
    return { do: 'refuse', command, key: keyOf(concrete) };
  }

  #lateSnapshot(cells: readonly Cell[], group: number): Stimulus {
    const late = lateCommandOf(this.#groups[group]!);
    const revision = late.generation;
    if (!this.#othersRest(cells, group, revision)) return { do: 'send', command: late, answers: ['superseded'] };
    const others = this.#groups.flatMap(({ installed }, i) =>
      i !== group && installed !== undefined && installed.generation <= revision ? [installed] : [],
    );
    const rules = [{ rule: late.rule, generation: late.generation }, ...others];
    const command: Command = { type: 'syncRules', snapshot: { rules, revision } };
    return { do: 'send', command, answers: ['applied', 'superseded', 'refused'] };
  }
}
