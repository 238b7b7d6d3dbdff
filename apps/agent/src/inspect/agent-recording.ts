import type { RuleStatus } from '@limpet/contract';
import {
  createRecorder,
  describeMachine,
  FEED_VERSION,
  type InspectionDocument,
  type Recorder,
  type TransitionDescription,
} from '@limpet/inspection';
import { entryMachine } from '@limpet/model';
import { answerMessage, conditionOf } from '@limpet/operations';
import { isFailure, type ReloadCause, type RouterActivity, type RuleStep, ruleId } from '@limpet/router';
import type { AgentEvent } from '../observe/event-log.ts';
import { Listeners } from '../observe/listeners.ts';

/** The feed is in the memory of a virtual router, of which there is little. */
const LIMITS = { mostMessages: 5_000, mostCharacters: 2_000_000 };

const machine = describeMachine(entryMachine);
const ROUTER = 'router';

/** The reason of a rule that is about to be in force. */
const UNDER_WAY = 'Verifying';

/** What is known of a rule from what was recorded. */
interface Known {
  /** The state of its entry. */
  state?: string | undefined;
  /** Its last status, and the answer that was recorded of it, as text. */
  status?: RuleStatus;
  answer?: string;
  verdict?: string;
}

/**
 * What happens in an agent, as the inspector's feed: each rule is an instance of the statechart of a router's entry, and
 * what the agent tells and answers about it are its commands, acks and verifications.
 */
export class AgentRecording {
  readonly recorder: Recorder;
  /** The recorder for its readers, of whom there may be many. */
  readonly followed: Pick<Recorder, 'session' | 'last' | 'read' | 'subscribe'>;
  readonly document: InspectionDocument;
  readonly #stateOf: (rule: string) => string | undefined;
  readonly #rules = new Map<string, Known>();
  #reloads: Readonly<RouterActivity['reloads']> | undefined;

  /**
   * @param title what the page is about, in a line
   * @param now milliseconds since the epoch
   * @param stateOf the state of a rule's entry, where it is known
   */
  constructor(title: string, now: () => number, stateOf: (rule: string) => string | undefined) {
    // No two agents of a router begin in the same millisecond: the lock is between them.
    this.recorder = createRecorder({ session: `agent-${now()}`, now, ...LIMITS });
    const { recorder } = this;
    const readers = new Listeners();
    recorder.subscribe(() => readers.call());
    this.followed = {
      session: recorder.session,
      get last() {
        return recorder.last;
      },
      read: recorder.read,
      subscribe: (reader) => readers.listen(reader),
    };
    const machines = [machine];
    this.document = { format: 'limpet-inspection', version: FEED_VERSION, title, notes: [], machines, messages: [] };
    this.#stateOf = stateOf;
    this.recorder.record({ kind: 'actor', actor: ROUTER, machine: '', name: ROUTER });
  }

  /** An event of the agent. Conditions come with {@link answered}. */
  told(event: AgentEvent): void {
    const { record } = this.recorder;
    switch (event.type) {
      case 'running':
      case 'stopping':
        return void record({ kind: 'event', actor: ROUTER, event: { type: event.type } });
      case 'command': {
        const { command, generation } = event;
        for (const rule of event.rules) {
          this.#begin(rule);
          record({ kind: 'command', actor: rule, command, payload: { generation } });
        }
        return;
      }
      case 'input-refused':
        return void record({ kind: 'fault', actor: ROUTER, what: `the input is refused: ${event.message}` });
      case 'model-violated':
        return void record({ kind: 'fault', actor: event.rule, what: `${event.step} is not what the model allows` });
    }
  }

  /** The router has done something to a rule, and the model has followed it. */
  stepped({ rule, step, generation }: RuleStep): void {
    const known = this.#begin(rule);
    const { record } = this.recorder;
    record({ kind: 'event', actor: rule, source: ROUTER, event: { type: step, generation } });
    if (step === 'gone') {
      this.#rules.delete(rule);
      return void record({ kind: 'snapshot', actor: rule, states: statesOf('removed'), status: 'stopped' });
    }
    const [before, after] = [known.state, this.#stateOf(rule)];
    known.state = after;
    const taken = transitionOf(before, step, after);
    if (taken !== undefined && after !== undefined)
      record({
        kind: 'transition',
        actor: rule,
        event: { type: step },
        transitions: [taken.id],
        states: statesOf(after),
      });
    record({
      kind: 'snapshot',
      actor: rule,
      states: statesOf(after),
      context: { generation },
      status: 'active',
    });
  }

  /** How the rules are now: of those that are otherwise than before, an ack, and the verdict on whether they are in force. */
  answered(statuses: readonly RuleStatus[]): void {
    for (const status of statuses) {
      const rule = ruleId(status.key);
      const known = this.#begin(rule);
      // Most are the same objects each second.
      if (known.status === status) continue;
      known.status = status;
      const answer = answerMessage(rule, undefined, status);
      const text = JSON.stringify(answer);
      if (known.answer === text) continue;
      known.answer = text;
      this.recorder.record(answer);
      this.#verified(rule, known, status);
    }
  }

  /** What the router has done since it was opened: reloads that are new are told. */
  did({ reloads }: RouterActivity): void {
    const before = this.#reloads ?? reloads;
    this.#reloads = { ...reloads };
    for (const [cause, count] of Object.entries(reloads) as [ReloadCause, number][]) {
      const more = count - before[cause];
      if (more > 0)
        this.recorder.record({ kind: 'event', actor: ROUTER, event: { type: 'reload', cause, count: more } });
    }
  }

  #begin(rule: string): Known {
    const known = this.#rules.get(rule);
    if (known !== undefined) return known;
    const begun: Known = {};
    this.#rules.set(rule, begun);
    this.recorder.record({ kind: 'actor', actor: rule, machine: machine.id, name: rule, group: rule });
    return begun;
  }

  #verified(actor: string, known: Known, status: RuleStatus): void {
    const inForce = conditionOf(status, 'InForce');
    if (inForce === undefined) return;
    const { status: said, reason, message, observedGeneration } = inForce;
    const verdict = `${said} ${reason} ${observedGeneration}`;
    if (known.verdict === verdict) return;
    known.verdict = verdict;
    const { record } = this.recorder;
    if (said === 'True') record({ kind: 'verification', actor, verdict: 'holds' });
    else if (isFailure(inForce) && reason !== UNDER_WAY)
      record({ kind: 'verification', actor, verdict: 'violated', saw: message });
    else record({ kind: 'verification', actor, verdict: 'unknown', saw: message });
  }
}

const statesOf = (state: string | undefined): string[] =>
  state === undefined ? [machine.id] : [machine.id, `${machine.id}.${state}`];

/** The transition of the statechart that a step was, where there is exactly one. */
function transitionOf(
  before: string | undefined,
  step: string,
  after: string | undefined,
): TransitionDescription | undefined {
  const [source, target] = [`${machine.id}.${before}`, `${machine.id}.${after}`];
  const taken = machine.transitions.filter(
    ({ source: from, targets, trigger }) => from === source && (targets[0] ?? from) === target && trigger.type === step,
  );
  return taken.length === 1 ? taken[0] : undefined;
}
