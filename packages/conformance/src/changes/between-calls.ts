/**
 * Looks at a host in memory between any two calls of its router: what clients see then is what they see when the router is
 * slow, or dies there.
 *
 * @module
 */
import type { RuleKey, RuleRecord } from '@limpet/contract';
import { changesMachine, type DataPlane, interceptCalls, type PortCall } from '@limpet/data-plane';
import { ruleId } from '@limpet/router';
import type { Difference } from '../oracle/compare.ts';
import { servingOf } from '../oracle/rule-observation.ts';
import type { TestBed } from '../sut/test-bed.ts';
import { isAdmitted } from './networks.ts';

/** One of the clients that hold connections: their stick entries decide where this one goes. */
const passerBy = '198.18.0.20';

/** What is looked at during an operation. */
export interface InBetween {
  /** Rules before and after it. */
  readonly rules: readonly RuleKey[];
  /** The rule that it changes, before and after. */
  readonly change?: readonly [before: RuleRecord, after: RuleRecord];
}

/** The observer between calls. */
export class BetweenCalls {
  readonly #testBed: TestBed;
  #watched: InBetween | undefined;
  #found = new Map<string, Difference>();
  #onCall: ((call: PortCall) => void) | undefined;

  constructor(testBed: TestBed) {
    this.#testBed = testBed;
  }

  /** The data plane of the router. */
  watch(dataPlane: DataPlane): DataPlane {
    if (this.#testBed.kind !== 'memory') return dataPlane;
    return interceptCalls(dataPlane, (call, proceed) => {
      this.#onCall?.(call);
      const result = proceed();
      if (!(result instanceof Promise) || !changesMachine(call)) return result;
      return result.finally(() => this.#look(call));
    });
  }

  /** Watches from now on. */
  begin(watched: InBetween): void {
    this.#watched = watched;
  }

  /** Ends the watch, and returns what must not have been seen. */
  end(): Difference[] {
    this.#watched = undefined;
    const found = [...this.#found.values()];
    this.#found = new Map();
    return found;
  }

  /** Is called before the router's next call of this kind, once. */
  once(isCall: (call: PortCall) => boolean, act: () => void): void {
    this.#onCall = (call) => {
      if (!isCall(call)) return;
      this.#onCall = undefined;
      act();
    };
  }

  async #look(after: PortCall): Promise<void> {
    if (this.#watched === undefined) return;
    const { haproxy } = this.#testBed.host().dataPlane;
    if (!(await haproxy.running())) return;
    const { rules, change } = this.#watched;
    const answers = await this.#testBed.clients.ask(
      rules.map(({ ip, port }) => ({ client: passerBy, ip, port, protocol: 'tcp' as const })),
    );
    for (const [at, answer] of answers.entries()) {
      const of = ruleId(rules[at]!);
      const when = `after ${after.port}.${after.method}`;
      if (!answer.ok && answer.error === 'refused')
        this.#note({
          check: 'in between',
          of,
          expected: 'a listener where clients are admitted',
          observed: `none ${when}`,
        });
      if (!answer.ok && change !== undefined && ruleId(change[0]) === of && isServedThroughout(...change))
        this.#note({ check: 'in between', of, expected: 'a member answers', observed: `${answer.error} ${when}` });
    }
  }

  #note(difference: Difference): void {
    this.#found.set(`${difference.of} ${difference.expected}`, difference);
  }
}

/** Some member serves before and after, at one address, and none of the others is gone by then. */
function isServedThroughout(before: RuleRecord, after: RuleRecord): boolean {
  const isKept = ({ vm, ip, port }: RuleRecord['members'][number]) => {
    const now = after.members.find((member) => member.vm === vm);
    return now === undefined || (now.ip === ip && now.port === port);
  };
  const serving = new Set(servingOf(after).map(({ vm }) => vm));
  return (
    isAdmitted(before, passerBy) &&
    isAdmitted(after, passerBy) &&
    before.members.every(isKept) &&
    servingOf(before).some(({ vm }) => serving.has(vm))
  );
}
