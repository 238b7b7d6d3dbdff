import type { RuleKey } from '@limpet/contract';
import { type Body, type Message, plainJson } from '@limpet/inspection';
import {
  groupMachine,
  type Local,
  type ManagementEvent,
  type ManagementState,
  memberMachine,
  routerMachine,
  ruleMachine,
} from '@limpet/model';
import { answerMessage } from '@limpet/operations';
import type { Group } from '../cloud/group.ts';
import type { RunObserver } from '../run/run-observer.ts';
import { createStepFinder } from './taken.ts';

/** What happened in a run, in the form of the inspector's feed. */
export interface RunRecording {
  readonly observer: RunObserver;
  readonly messages: readonly Message[];
}

/** An actor of a run: one machine, and what it is in a state of the management side. */
interface Actor {
  id: string;
  machine: 'group' | 'rule' | 'member' | 'router';
  group?: string;
  of(state: ManagementState): Local<unknown>;
}

const ROUTER: Actor = { id: 'router', machine: 'router', of: ({ router }) => router };

/** More are not recorded: a run of an hour would not fit a page. */
const MOST_MESSAGES = 200_000;

/**
 * Records a run of the simulator.
 *
 * @param now - the run's clock, in milliseconds
 * @param told - is told each message as it comes
 */
export function recordRun(now: () => number, told: (message: Message) => void = () => {}): RunRecording {
  const messages: Message[] = [];
  const finders = {
    group: createStepFinder(groupMachine),
    rule: createStepFinder(ruleMachine),
    member: createStepFinder(memberMachine),
    router: createStepFinder(routerMachine),
  };
  const begun = new Set<string>();
  /** The verdicts so far: only a new one is worth a message. */
  const verdicts = new Map<string, string>();
  let groups: readonly Group[] = [];
  let actors: readonly Actor[] = [];
  let state: ManagementState | undefined;
  let began = 0;

  const add = (body: Body): void => {
    if (messages.length >= MOST_MESSAGES) return;
    const message: Message = { seq: messages.length + 1, at: Math.max(0, now() - began), ...body };
    messages.push(message);
    told(message);
  };
  const ruleActor = ({ ip, port }: RuleKey): string => {
    const group = groups.find(({ rule }) => rule.ip === ip && rule.port === port);
    return group === undefined ? 'router' : `${group.name} rule`;
  };

  const show = ({ id, machine, group, of }: Actor, after: ManagementState): void => {
    const { value, context } = of(after);
    if (!begun.has(id)) {
      // A place without a VM is nobody yet.
      if (machine === 'member' && value === 'gone') return;
      begun.add(id);
      add({ kind: 'actor', actor: id, machine, name: id, ...(group === undefined ? {} : { group }) });
    }
    add({
      kind: 'snapshot',
      actor: id,
      states: [machine, `${machine}.${value}`],
      context: plainJson(context),
      status: 'active',
    });
  };

  /** What an actor did in a step; the one that heard the event did so even when nothing changed. */
  const step = (actor: Actor, before: ManagementState, after: ManagementState, event: string | undefined): void => {
    const { id, machine, of } = actor;
    const [was, is] = [of(before), of(after)];
    if (was === is && event === undefined) return;
    if (event !== undefined && begun.has(id)) add({ kind: 'event', actor: id, event: { type: event } });
    const taken = finders[machine].find(was, is, event);
    if (taken !== undefined && begun.has(id))
      add({
        kind: 'transition',
        actor: id,
        event: { type: taken.event },
        transitions: taken.transitions,
        states: [machine, `${machine}.${is.value}`],
      });
    if (was !== is) show(actor, after);
  };

  const observer: RunObserver = {
    began(initial, all) {
      began = now();
      groups = all;
      actors = [ROUTER, ...all.flatMap((group) => actorsOf(group, initial))];
      for (const actor of actors) show(actor, initial);
      state = initial;
    },
    stepped(event, after) {
      const before = state!;
      const told = toldBy(event, groups);
      // Who heard the event comes first: what others did followed from it.
      const first = actors.find(({ id }) => id === told);
      if (first !== undefined) step(first, before, after, event.event);
      for (const actor of actors) if (actor !== first) step(actor, before, after, undefined);
      state = after;
    },
    sent(command) {
      switch (command.type) {
        case 'putRule':
        case 'removeRule': {
          const key = command.type === 'putRule' ? command.rule : command.key;
          const { generation } = command;
          return add({ kind: 'command', actor: ruleActor(key), command: command.type, payload: { generation } });
        }
        case 'syncRules': {
          const { rules, revision } = command.snapshot;
          return add({
            kind: 'command',
            actor: 'router',
            command: 'syncRules',
            payload: { rules: rules.length, revision },
          });
        }
        case 'reportRules':
          return add({ kind: 'command', actor: 'router', command: 'reportRules' });
      }
    },
    answered(command, { rules }) {
      for (const status of rules) add(answerMessage(ruleActor(status.key), command.type, status));
    },
    judged({ name }, finding) {
      const verdict = finding === undefined ? '' : `${finding.expected} ${finding.saw}`;
      if (verdicts.get(name) === verdict) return;
      verdicts.set(name, verdict);
      const actor = `${name} rule`;
      add(
        finding === undefined
          ? { kind: 'verification', actor, verdict: 'holds' }
          : { kind: 'verification', actor, verdict: 'violated', expected: finding.expected, saw: finding.saw },
      );
    },
    disrupted({ rule, expected, saw }) {
      const [ip = '', port] = rule.split(':');
      add({ kind: 'fault', actor: ruleActor({ ip, port: Number(port) }), what: `expected ${expected}; ${saw}` });
    },
  };
  return { observer, messages };
}

function actorsOf({ index, name }: Group, { groups }: ManagementState): Actor[] {
  return [
    { id: `${name} group`, machine: 'group', group: name, of: (state) => state.groups[index]!.group },
    { id: `${name} rule`, machine: 'rule', group: name, of: (state) => state.groups[index]!.rule },
    ...groups[index]!.members.map(
      (_, place): Actor => ({
        id: memberId(name, place),
        machine: 'member',
        group: name,
        of: (state) => state.groups[index]!.members[place]!,
      }),
    ),
  ];
}

const memberId = (group: string, place: number): string => `${group} place ${place + 1}`;

/** The actor that hears an event. */
function toldBy(event: ManagementEvent, groups: readonly Group[]): string {
  if (event.to === 'router') return 'router';
  const { name } = groups[event.group]!;
  if (event.to === 'member') return memberId(name, event.member);
  return event.to === 'rule' ? `${name} rule` : `${name} group`;
}
