/**
 * Clients that were there before a step: one holds a connection, and one returns after each step. They detect disruptions.
 *
 * @module
 */
import type { RuleRecord, VersionedRule } from '@limpet/contract';
import { proxyName, ruleId } from '@limpet/router';
import { clientProtocol } from '../concretize/client-protocol.ts';
import type { ConcreteStep } from '../concretize/concrete-step.ts';
import type { ExpectedOutcome, ExpectedRule } from '../concretize/expected-outcome.ts';
import type { TestBed } from '../sut/test-bed.ts';
import type { Difference } from './compare.ts';
import { canAsk, servingOf } from './rule-observation.ts';

const holdingClient = '198.18.0.2';
const stickyClient = '198.18.0.3';

/** A client of one rule, and the VM that it is with. */
interface ContinuityClient {
  readonly vm: string;
  readonly installed: VersionedRule;
}

/** The continuity clients of all rules. */
export class ContinuityClients {
  readonly #testBed: TestBed;
  /** One held connection per rule lasts as long as possible; another is opened after each step, on the newest worker. */
  readonly #held = new Map<string, ContinuityClient & { id: number }>();
  readonly #newest = new Map<string, ContinuityClient & { id: number }>();
  readonly #returning = new Map<string, ContinuityClient>();

  constructor(testBed: TestBed) {
    this.#testBed = testBed;
  }

  /** Returns what this step must not have done to the clients; then replaces the clients that are gone. */
  async look({ stimulus, expected }: Pick<ConcreteStep, 'stimulus' | 'expected'>): Promise<Difference[]> {
    if (['boot', 'halt', 'wipe'].includes(stimulus.do)) await this.leave();
    const found: Difference[] = [];
    for (const rule of expected.rules) {
      found.push(...(await this.#lookAtHeld(this.#held, rule, expected)));
      if (this.#testBed.kind !== 'memory') continue;
      found.push(...(await this.#lookAtReturning(rule, expected)));
      found.push(...(await this.#lookAtHeld(this.#newest, rule, expected)));
      await this.#leave(this.#newest, ruleId(rule.key));
      await this.#lookAtHeld(this.#newest, rule, expected);
    }
    return found;
  }

  /** Closes all connections, and forgets all clients. */
  async leave(): Promise<void> {
    for (const held of [this.#held, this.#newest]) for (const of of [...held.keys()]) await this.#leave(held, of);
    this.#returning.clear();
  }

  async #leave(held: Map<string, ContinuityClient & { id: number }>, of: string): Promise<void> {
    const one = held.get(of);
    if (one !== undefined) await this.#testBed.clients.release([one.id]);
    held.delete(of);
  }

  async #lookAtHeld(
    all: Map<string, ContinuityClient & { id: number }>,
    { key, installed }: ExpectedRule,
    { alive }: ExpectedOutcome,
  ): Promise<Difference[]> {
    const of = ruleId(key);
    const held = all.get(of);
    if (held === undefined) {
      if (installed !== undefined && clientProtocol(installed.rule) === 'tcp' && canAsk(installed.rule, alive))
        await this.#hold(all, of, installed);
      return [];
    }
    const fate = fateOf(held, installed, alive);
    const [answer] = await this.#testBed.clients.askHeld([held.id]);
    const seen = answer?.ok ? `${answer.vm} answers` : 'it is closed';
    if (!answer?.ok || installed === undefined) await this.#leave(all, of);
    else {
      all.set(of, { ...held, installed });
      await this.#forgetEntry(installed.rule);
    }
    if (fate === undefined || fate === seen) return [];
    return [{ check: 'held connection', of, expected: fate, observed: seen }];
  }

  async #hold(
    all: Map<string, ContinuityClient & { id: number }>,
    of: string,
    installed: VersionedRule,
  ): Promise<void> {
    const { ip, port } = installed.rule;
    const [held] = await this.#testBed.clients.hold([{ client: holdingClient, ip, port, protocol: 'tcp' }]);
    if (held?.answer.ok) {
      all.set(of, { id: held.id, vm: held.answer.vm, installed });
      await this.#forgetEntry(installed.rule);
    } else if (held) await this.#testBed.clients.release([held.id]);
  }

  /**
   * Entries that a real HAProxy has in the first five seconds after its start make the router wait for the rest of them before
   * it reloads (haproxy#842).
   */
  async #forgetEntry(rule: RuleRecord): Promise<void> {
    if (this.#testBed.kind === 'memory' || rule.stickiness.method !== 'SourceBased') return;
    const { haproxy } = this.#testBed.host().dataPlane;
    await haproxy.runtime([`clear table ${proxyName(rule)} key ${holdingClient}`]);
  }

  async #hasEntry(rule: RuleRecord): Promise<boolean> {
    const { haproxy } = this.#testBed.host().dataPlane;
    const [shown = ''] = await haproxy.runtime([`show table ${proxyName(rule)} key ${stickyClient}`]);
    return shown.includes(`key=${stickyClient}`);
  }

  async #lookAtReturning({ key, installed }: ExpectedRule, { alive }: ExpectedOutcome): Promise<Difference[]> {
    const of = ruleId(key);
    const before = this.#returning.get(of);
    this.#returning.delete(of);
    if (installed?.rule.stickiness.method !== 'SourceBased' || !canAsk(installed.rule, alive)) return [];
    const { ip, port } = installed.rule;
    const stays = before !== undefined && staysWith(before, installed.rule);
    const lost = stays && !(await this.#hasEntry(installed.rule));
    const ask = { client: stickyClient, ip, port, protocol: clientProtocol(installed.rule) };
    const [answer] = await this.#testBed.clients.ask([ask]);
    const seen = answer?.ok ? answer.vm : (answer?.error ?? 'nothing');
    if (answer?.ok) this.#returning.set(of, { vm: answer.vm, installed });
    if (lost) return [{ check: 'stick table', of, expected: 'the client has its entry', observed: 'it is gone' }];
    if (!stays || seen === before.vm) return [];
    return [{ check: 'sticky client', of, expected: `${before.vm} answers again`, observed: `${seen} answers` }];
  }
}

/** The state that a held connection must have; undefined where the model does not determine it. */
function fateOf(
  { vm, installed: before }: ContinuityClient,
  installed: VersionedRule | undefined,
  alive: ReadonlySet<string>,
): string | undefined {
  if (!alive.has(vm) || installed === undefined || clientProtocol(installed.rule) !== clientProtocol(before.rule))
    return 'it is closed';
  if (installed.generation === before.generation) return `${vm} answers`;
  return installed.rule.members.some((member) => member.vm === vm) ? undefined : 'it is closed';
}

/** Whether a returning client must reach the same VM: the policy is unchanged, and the VM still serves. */
function staysWith({ vm, installed }: ContinuityClient, rule: RuleRecord): boolean {
  const samePolicy = JSON.stringify(installed.rule.stickiness) === JSON.stringify(rule.stickiness);
  return samePolicy && servingOf(rule).some((member) => member.vm === vm);
}
