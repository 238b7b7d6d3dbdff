/**
 * Clients with two connections each, which a change of the rule finds open: what becomes of them, and of a third connection.
 * Only in memory, where connections cost nothing.
 *
 * @module
 */
import type { RuleRecord } from '@limpet/contract';
import { ruleId } from '@limpet/router';
import { clientProtocol } from '../concretize/client-protocol.ts';
import type { Difference } from '../oracle/compare.ts';
import { servingOf } from '../oracle/rule-observation.ts';
import type { TestBed } from '../sut/test-bed.ts';
import { isAdmitted } from './networks.ts';

/** Within the networks of all rules; and outside of the narrow ones. */
const insiders = ['198.18.0.20', '198.18.0.21', '198.18.0.22'];
const outsider = '198.19.0.20';

interface HeldConnection {
  readonly id: number;
  readonly client: string;
  readonly vm: string;
}

/** The clients of one rule over one change. */
export class AffinityClients {
  readonly #testBed: TestBed;
  #before: RuleRecord | undefined;
  #held: readonly HeldConnection[] = [];

  constructor(testBed: TestBed) {
    this.#testBed = testBed;
  }

  /** Opens the connections. */
  async hold(rule: RuleRecord): Promise<void> {
    if (this.#testBed.kind !== 'memory' || clientProtocol(rule) !== 'tcp' || servingOf(rule).length === 0) return;
    const { ip, port } = rule;
    const clients = [...insiders.flatMap((one) => [one, one]), ...(isAdmitted(rule, outsider) ? [outsider] : [])];
    const held = await this.#testBed.clients.hold(
      clients.map((client) => ({ client, ip, port, protocol: 'tcp' as const })),
    );
    this.#before = rule;
    this.#held = held.flatMap(({ id, answer }, at) => (answer.ok ? [{ id, client: clients[at]!, vm: answer.vm }] : []));
  }

  /** What the change has done to them that it must not; then closes the connections. @param after - undefined: the rule is gone */
  async look(after: RuleRecord | undefined): Promise<Difference[]> {
    const before = this.#before;
    const held = this.#held;
    this.#before = undefined;
    this.#held = [];
    if (before === undefined || held.length === 0) return [];
    const ids = held.map(({ id }) => id);
    const answers = await this.#testBed.clients.askHeld(ids);
    const open = held.filter((_, at) => answers[at]?.ok === true);
    const found = held.flatMap((one) => this.#fate(one, open.includes(one), before, after));
    if (after !== undefined && isBound(after) && !isBound(before))
      found.push(...(await this.#affinity(held, open, before, after)));
    await this.#testBed.clients.release(ids);
    return found;
  }

  #fate(
    { client, vm }: HeldConnection,
    isOpen: boolean,
    before: RuleRecord,
    after: RuleRecord | undefined,
  ): Difference[] {
    const of = ruleId(before);
    const reason = whyItEnds(client, vm, before, after);
    const difference = (expected: string, observed: string) => [
      { check: 'held connections', of: `${of}, ${client} on ${vm}`, expected, observed },
    ];
    if (reason !== undefined) return isOpen ? difference(`closed, since ${reason}`, 'open') : [];
    if (isOpen || after === undefined || (isBound(after) && !isBound(before))) return [];
    return difference('open', 'closed');
  }

  /** All connections of a client are with one member, to which a new one goes as well. */
  async #affinity(
    held: readonly HeldConnection[],
    open: readonly HeldConnection[],
    before: RuleRecord,
    rule: RuleRecord,
  ): Promise<Difference[]> {
    const { ip, port } = rule;
    const serving = new Set(servingOf(rule).map(({ vm }) => vm));
    const kept = held.filter(({ client, vm }) => serving.has(vm) && whyItEnds(client, vm, before, rule) === undefined);
    const lost = new Set(
      kept.map(({ client }) => client).filter((client) => open.every((one) => one.client !== client)),
    );
    if (lost.size > 0)
      return [{ check: 'affinity', of: ruleId(rule), expected: 'a connection each', observed: `none of ${[...lost]}` }];
    const clients = [...new Set(open.map(({ client }) => client))];
    const answers = await this.#testBed.clients.ask(
      clients.map((client) => ({ client, ip, port, protocol: 'tcp' as const })),
    );
    return clients.flatMap((client, at) => {
      const answer = answers[at];
      const fresh = answer?.ok ? answer.vm : (answer?.error ?? 'nothing');
      const vms = [...new Set(open.filter((one) => one.client === client).map(({ vm }) => vm))].sort();
      return vms.length === 1 && vms[0] === fresh
        ? []
        : [
            {
              check: 'affinity',
              of: `${ruleId(rule)}, ${client}`,
              expected: `${vms} alone, also for a new connection`,
              observed: fresh,
            },
          ];
    });
  }
}

const isBound = ({ stickiness }: RuleRecord): boolean => stickiness.method === 'SourceBased';

function whyItEnds(client: string, vm: string, before: RuleRecord, after: RuleRecord | undefined): string | undefined {
  if (after === undefined) return 'the rule is gone';
  if (after.protocol !== before.protocol || clientProtocol(after) !== clientProtocol(before))
    return 'the protocol is another one';
  if (!isAdmitted(after, client)) return 'the network may not connect';
  const [was, is] = [before, after].map(({ members }) => members.find((member) => member.vm === vm));
  if (is === undefined || is.state === 'maintenance') return 'the member takes no clients';
  if (was?.ip !== is.ip || was.port !== is.port) return 'the member is elsewhere';
  const isHashed = (rule: RuleRecord) => !isBound(rule) && rule.algorithm === 'source';
  return isHashed(after) && !isHashed(before) ? 'clients are now bound by hash' : undefined;
}
