/**
 * Binds the model's steps to concrete data: addresses, VMs, policies, generations. Pure: a path always gives one script.
 *
 * @module
 */
import type { Command, MemberRecord, PutRule, RuleKey, RuleRecord, VersionedRule } from '@limpet/contract';
import type { Cell, Position } from '@limpet/model';
import { changeAlgorithm, changes, stickyPolicies } from './changes.ts';
import { ConformanceError } from './errors.ts';
import type { Claim, Expected, ExpectedRule } from './expected.ts';
import { APPLIES, inRule, isPresent, makesGeneration, REFUSES, refusableGenerations } from './generations.ts';
import type { Act, ScriptStep, StartedVm } from './script.ts';
import type { WalkedStep } from './walk.ts';

/** Each group has an address of its own: an address can be missing for one rule alone. */
export const ipOfGroup = (group: number): string => `203.0.113.${10 + group}`;

/** Every so many applied commands one is interrupted by a crash, each time a few calls later, so that every point has its turn. */
const CRASH_EVERY = 5;
const CRASH_POINTS = 47;

/** Not the public port of any rule. */
const MEMBER_PORT = 8000;

/** Generations in between were never sent: those of commands that come late. */
const GENERATION_STEP = 2;

interface Bound {
  rule: RuleRecord;
  generation: number;
  /** The newest generation that came to the router. */
  reached: number;
  /** The VM in each of the model's places. */
  places: (MemberRecord | undefined)[];
  /** What the router has, on its disk at least. */
  given: VersionedRule | undefined;
  /** The refused command was a removal. */
  refusedRemoval: boolean;
  /** The rule waits for the full set that a router gets when it starts. */
  inFullSet: boolean;
  sticky: number;
  changed: number;
}

/** Makes the script of a path. @param port - public port of the first rule */
export function bindPath(steps: readonly WalkedStep[], port: number): ScriptStep[] {
  const refusable = refusableGenerations(steps);
  const binder = new Binder(steps[0]?.before ?? { router: 'absent', cells: [] }, port);
  return steps.map((step, at) => binder.bind(step, refusable.has(at)));
}

/** The VMs in their places, with what was said of each: its weight, and whether it is left alone. */
function membersOf({ places, rule }: Bound): MemberRecord[] {
  return places.flatMap((vm) => {
    if (vm === undefined) return [];
    const before = rule.members.find((member) => member.vm === vm.vm);
    const isAlone = vm.state === 'serving' && before?.state === 'maintenance';
    const weight = before?.weight;
    return { ...vm, ...(weight !== undefined && { weight }), ...(isAlone && { state: 'maintenance' as const }) };
  });
}

class Binder {
  readonly #groups: Bound[];
  #vms = 0;
  #revision = 0;
  #applied = 0;
  readonly #alive = new Set<string>();

  constructor({ cells }: Position, port: number) {
    this.#groups = cells.map((cell, group) => ({
      rule: {
        ip: ipOfGroup(group),
        port: port + group,
        protocol: 'tcp',
        algorithm: 'roundrobin',
        cidrs: [],
        stickiness: { method: 'none' },
        members: [],
      },
      generation: 0,
      reached: 0,
      places: cell.members.map(() => undefined),
      given: undefined,
      refusedRemoval: false,
      inFullSet: false,
      sticky: 0,
      changed: 0,
    }));
  }

  bind(step: WalkedStep, refusable: boolean): ScriptStep {
    const { before, after, text, group, sentence } = step;
    const start: StartedVm[] = [];
    const destroy: string[] = [];
    for (const [i, cell] of after.cells.entries()) this.#moveVms(i, before.cells[i]!, cell, start, destroy);
    after.cells.forEach((cell, i) => {
      if (makesGeneration(before.cells[i]!, cell, text, i === group))
        this.#change(i, before.cells[i]!, cell, i === group ? text : '', refusable);
    });
    // A removal that was refused needs nothing more than that HAProxy is started without the rule.
    const refused = this.#groups.flatMap(({ refusedRemoval }, i) => (refusedRemoval ? [this.#key(i)] : []));
    const act = this.#act(step);
    const unblock = text === APPLIES ? [this.#key(group)] : act.do === 'halt' ? refused : [];
    const expected = this.#expected(after);
    this.#mustAgree(after, sentence);
    const kind =
      act.do !== 'nothing'
        ? text
        : start.length + destroy.length > 0
          ? 'a VM starts or ends'
          : 'nothing that the router sees';
    return { sentence, text, kind, group, start, destroy, act, unblock, expected };
  }

  #key(group: number): RuleKey {
    const { ip, port } = this.#groups[group]!.rule;
    return { ip, port };
  }

  #moveVms(group: number, before: Cell, after: Cell, start: StartedVm[], destroy: string[]): void {
    const { places } = this.#groups[group]!;
    after.members.forEach(({ value }, place) => {
      const was = before.members[place]!.value;
      const runs = inRule.has(value);
      if (!inRule.has(was) && runs) {
        this.#vms += 1;
        const id = this.#vms;
        const vm = {
          vm: `vm${id}`,
          ip: `10.1.${2 + (id >> 8)}.${id & 255}`,
          port: MEMBER_PORT,
          state: 'serving' as const,
        };
        places[place] = vm;
        start.push({ vm: vm.vm, ip: vm.ip, port: vm.port });
        this.#alive.add(vm.vm);
      } else if (inRule.has(was) && !runs) {
        const { vm } = places[place]!;
        places[place] = undefined;
        destroy.push(vm);
        this.#alive.delete(vm);
      } else if (runs) {
        places[place] = { ...places[place]!, state: value === 'draining' ? 'draining' : 'serving' };
      }
    });
  }

  /** A new generation of a rule. */
  #change(group: number, before: Cell, after: Cell, text: string, refusable: boolean): void {
    const bound = this.#groups[group]!;
    if (before.rule.value === 'gone') bound.rule = { ...bound.rule, stickiness: { method: 'none' } };
    this.#revision += GENERATION_STEP;
    bound.generation = this.#revision;
    bound.rule = { ...bound.rule, members: membersOf(bound) };
    const wanted = after.rule.context.stickiness;
    const has = bound.rule.stickiness.method === 'none' ? 'none' : 'source';
    if (isPresent(after) && wanted !== has) bound.rule = { ...bound.rule, stickiness: this.#policy(bound, wanted) };
    else if (text === 'a user changes the protocol') {
      bound.rule = changes[bound.changed % changes.length]!(bound.rule);
      bound.changed += 1;
    }
    // What HAProxy takes at run time, it cannot refuse.
    if (refusable && after.rule.value !== 'revoke' && bound.rule.algorithm === bound.given?.rule.algorithm)
      bound.rule = changeAlgorithm(bound.rule);
  }

  /** Round and round, so that every ordered pair of none and a policy occurs. */
  #policy(bound: Bound, kind: 'none' | 'source'): RuleRecord['stickiness'] {
    if (kind === 'none') return { method: 'none' };
    bound.sticky += 1;
    return stickyPolicies[bound.sticky % stickyPolicies.length]!;
  }

  #act({ text, before, after, group }: WalkedStep): Act {
    switch (text) {
      case APPLIES:
        return this.#apply(before.cells, group);
      case REFUSES:
        return this.#refuse(before.cells[group]!, group);
      case 'an older command arrives late':
        return { do: 'send', command: this.#lateCommand(group), answers: ['superseded'] };
      case 'another operation sends a snapshot that it read before the change':
        return this.#lateSnapshot(before.cells, group);
      case 'the command arrives a second time':
        return { do: 'send', command: this.#command(before.cells[group]!, group), answers: ['applied'] };
      case 'the agent crashes and restarts':
        return { do: 'crash' };
      case 'the router has started, and is sent all rules':
        for (const bound of this.#groups) bound.inFullSet = true;
        return { do: 'boot' };
      case 'a user stops the router':
      case 'a user reboots the router':
        return before.router === 'running' || before.router === 'unreachable' ? this.#halt() : { do: 'nothing' };
      case 'a user destroys the router':
        for (const bound of this.#groups) {
          bound.given = undefined;
          bound.reached = 0;
          bound.refusedRemoval = false;
        }
        return { do: 'wipe' };
      default:
        return after.router === 'running' && before.router === 'unreachable'
          ? { do: 'send', command: { type: 'reportRules' }, answers: ['applied'] }
          : { do: 'nothing' };
    }
  }

  #halt(): Act {
    for (const bound of this.#groups) if (bound.refusedRemoval) bound.given = undefined;
    return { do: 'halt' };
  }

  #command(cell: Cell, group: number): Command {
    const { rule, generation } = this.#groups[group]!;
    if (cell.rule.value !== 'revoke') return { type: 'putRule', rule, generation };
    return { type: 'removeRule', key: { ip: rule.ip, port: rule.port }, generation };
  }

  #apply(cells: readonly Cell[], group: number): Act {
    const bound = this.#groups[group]!;
    const cell = cells[group]!;
    const isRemoval = cell.rule.value === 'revoke';
    const full = bound.inFullSet && this.#othersRest(cells, group);
    const crashAfter = this.#nextCrash();
    bound.inFullSet = false;
    bound.refusedRemoval = false;
    bound.reached = bound.generation;
    bound.given = isRemoval ? undefined : { rule: bound.rule, generation: bound.generation };
    const rules = this.#groups.flatMap(({ given }) => given ?? []);
    const command: Command = full
      ? { type: 'syncRules', snapshot: { rules, revision: this.#revision } }
      : this.#command(cell, group);
    return { do: 'send', command, answers: ['applied'], crashAfter };
  }

  /** Not while HAProxy is started for the first rule: who finds it so waits five seconds for peers that are not there. */
  #nextCrash(): number | undefined {
    if (this.#groups.every(({ given }) => given === undefined)) return undefined;
    this.#applied += 1;
    return this.#applied % CRASH_EVERY === 0 ? 1 + ((this.#applied / CRASH_EVERY) % CRASH_POINTS) : undefined;
  }

  /** A full set would change nothing about any other rule. */
  #othersRest(cells: readonly Cell[], group: number, upTo = Number.POSITIVE_INFINITY): boolean {
    return this.#groups.every(({ given, generation }, i) => {
      if (i === group) return true;
      if (cells[i]!.entry.value === 'refused') return false;
      return generation > upTo || given?.generation === (isPresent(cells[i]!) ? generation : undefined);
    });
  }

  #refuse(cell: Cell, group: number): Act {
    const bound = this.#groups[group]!;
    const command = this.#command(cell, group);
    bound.inFullSet = false;
    bound.reached = bound.generation;
    bound.refusedRemoval = command.type === 'removeRule';
    // A router that has nothing of a rule has nothing to refuse either: only its answer is lost, and another comes.
    if (bound.refusedRemoval && bound.given === undefined) return { do: 'send', command, answers: ['applied'] };
    return { do: 'refuse', command, key: this.#key(group) };
  }

  #lateCommand(group: number): PutRule {
    const { rule, reached, given, refusedRemoval } = this.#groups[group]!;
    // Of a removal that was refused it is not said whether the router has heard of it.
    const known = refusedRemoval ? (given?.generation ?? reached) : reached;
    const stickiness = rule.stickiness.method === 'none' ? stickyPolicies[0]! : ({ method: 'none' } as const);
    return { type: 'putRule', rule: { ...rule, stickiness, members: [] }, generation: Math.max(1, known - 1) };
  }

  #lateSnapshot(cells: readonly Cell[], group: number): Act {
    const late = this.#lateCommand(group);
    const revision = late.generation;
    if (!this.#othersRest(cells, group, revision)) return { do: 'send', command: late, answers: ['superseded'] };
    const others = this.#groups.flatMap(({ given }, i) =>
      i !== group && given !== undefined && given.generation <= revision ? [given] : [],
    );
    const rules = [{ rule: late.rule, generation: late.generation }, ...others];
    const command: Command = { type: 'syncRules', snapshot: { rules, revision } };
    return { do: 'send', command, answers: ['applied', 'superseded', 'refused'] };
  }

  #expected({ router, cells }: Position): Expected {
    const up = router === 'running' || router === 'unreachable';
    return {
      up,
      reports: router === 'running',
      alive: new Set(this.#alive),
      rules: cells.map((cell, i): ExpectedRule => {
        const { given, rule, generation } = this.#groups[i]!;
        const wanted = isPresent(cell) ? { rule, generation } : undefined;
        return { key: this.#key(i), wanted, given: up ? given : undefined, claim: this.#claim(cell, i) };
      }),
    };
  }

  #claim({ entry }: Cell, group: number): Claim {
    const { given, refusedRemoval } = this.#groups[group]!;
    const answers = given?.rule.members.every(({ vm }) => this.#alive.has(vm)) ?? true;
    if (entry.value === 'refused') return refusedRemoval ? 'unknown' : 'refused';
    if (entry.value === 'programmed' || entry.value === 'inForce') return answers ? 'in force' : 'unknown';
    return 'nothing';
  }

  /** The records say the same as the model. */
  #mustAgree({ cells }: Position, sentence: string): void {
    cells.forEach(({ entry }, i) => {
      const { given, generation } = this.#groups[i]!;
      const has = entry.value === 'programmed' || entry.value === 'inForce';
      const none = entry.value === 'empty' || entry.value === 'removed';
      const isLatest = given?.generation === generation;
      if ((has && isLatest !== (entry.context.generation === 'current')) || (none && given !== undefined)) {
        const what = `the entry of rule ${i + 1} is ${entry.value} (${entry.context.generation}), its record is of generation ${given?.generation ?? 'none'} of ${generation}`;
        throw new ConformanceError('CONFORMANCE_BINDING', `after "${sentence}" ${what}: binding.ts misses a step`);
      }
    });
  }
}
