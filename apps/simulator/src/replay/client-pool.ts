/**
 * The clients of a replay: a few for each rule, with a connection that each keeps open.
 *
 * @module
 */
import type { RuleRecord } from '@limpet/contract';
import type { Random } from '@limpet/data-plane';
import { bindsClients, type Finding, type Observation } from '../clients/judge.ts';
import { shuffled } from '../clients/shuffled.ts';
import type { AddressPool } from '../cloud/addresses.ts';
import type { Ask, Clients } from '../test-bed/test-bed.ts';

const clientsPerRule = 6;
const rounds = 4;

interface Client {
  readonly address: string;
  /** The VM that answers it as long as the rule is sticky and unchanged. */
  home: string | undefined;
  /** The VM of its latest fresh connection. */
  latest: string | undefined;
  held: { id: number; vm: string } | undefined;
}

/** What the clients of one rule saw. */
export interface Look {
  readonly observations: readonly Observation[];
  /** The first disruption of a client whose rule is unchanged; undefined when there is none. */
  readonly disturbance: Finding | undefined;
}

/** The clients of one rule. */
export class ClientPool {
  readonly #random: Random;
  readonly #clients: Client[];

  constructor(addresses: AddressPool, random: Random) {
    this.#random = random;
    this.#clients = Array.from({ length: clientsPerRule }, () => ({
      address: addresses.take(),
      home: undefined,
      latest: undefined,
      held: undefined,
    }));
  }

  /** The rule was changed, or its router is gone: what clients had is not owed to them any more. */
  forget(): void {
    for (const client of this.#clients) client.home = undefined;
  }

  /** Held connections are not owed any more, either. */
  hangUp(): void {
    for (const client of this.#clients) client.held = undefined;
    this.forget();
  }

  /**
   * All clients ask: on the held connection, then on fresh ones.
   *
   * @param owed held connections have to be as they were
   */
  async look(clients: Clients, rule: RuleRecord, owed: boolean): Promise<Look> {
    const members = new Set(rule.members.map(({ vm }) => vm));
    const observations: Observation[] = [];
    const ended: string[] = [];
    const holders = this.#clients.filter(({ held }) => held !== undefined);
    const answers = await clients.askHeld(holders.map(({ held }) => held!.id));
    for (const [index, client] of holders.entries()) {
      const answer = answers[index]!;
      if (answer.ok) observations.push({ client: client.address, kind: 'held', answer });
      else {
        if (members.has(client.held!.vm)) ended.push(client.address);
        client.held = undefined;
      }
    }
    const moved: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const order = shuffled(this.#clients, this.#random);
      const fresh = await clients.ask(order.map(({ address }) => askOf(address, rule)));
      for (const [index, client] of order.entries()) {
        const answer = fresh[index]!;
        observations.push({ client: client.address, kind: 'fresh', answer });
        client.latest = answer.ok ? answer.vm : undefined;
        if (answer.ok && client.home !== undefined && members.has(client.home) && client.home !== answer.vm)
          moved.push(`${client.address} from ${client.home} to ${answer.vm}`);
      }
      // No client is answered: a router that drops packets lets all clients wait for each further round.
      if (fresh.every(({ ok }) => !ok))
        return { observations, disturbance: disturbanceOf(rule, owed ? ended : [], []) };
    }
    await this.#hold(clients, rule);
    return { observations, disturbance: disturbanceOf(rule, owed ? ended : [], moved) };
  }

  /** From now on clients may count on what they have. */
  settle(rule: RuleRecord): void {
    for (const client of this.#clients) client.home = bindsClients(rule) ? client.latest : undefined;
  }

  async #hold(clients: Clients, rule: RuleRecord): Promise<void> {
    const free = this.#clients.filter(({ held }) => held === undefined);
    const opened = await clients.hold(free.map(({ address }) => askOf(address, rule)));
    for (const [index, client] of free.entries()) {
      const { id, answer } = opened[index]!;
      if (answer.ok) client.held = { id, vm: answer.vm };
    }
  }
}

function disturbanceOf(rule: RuleRecord, ended: readonly string[], moved: readonly string[]): Finding | undefined {
  const place = `${rule.ip}:${rule.port}`;
  if (ended.length > 0)
    return {
      rule: place,
      expected: 'held connections of a rule that nobody changed go on',
      saw: `those of ${ended.length} clients were closed`,
    };
  if (moved.length > 0)
    return {
      rule: place,
      expected: 'sticky clients of a rule that nobody changed stay with their VMs',
      saw: `moved: ${moved[0]}${moved.length > 1 ? ` and ${moved.length - 1} more connections` : ''}`,
    };
  return undefined;
}

const askOf = (client: string, { ip, port, protocol }: RuleRecord): Ask => ({
  client,
  ip,
  port,
  protocol: protocol === 'http' ? 'http' : 'tcp',
});

/** What clients saw, in a few words. */
export function describeLook(observations: readonly Observation[]): string {
  const fresh = observations.filter(({ kind }) => kind === 'fresh');
  const failed = fresh.flatMap(({ answer }) => (answer.ok ? [] : [answer.error]));
  if (failed.length === fresh.length) return `nobody is answered (${failed[0] ?? 'nobody asked'})`;
  if (failed.length > 0) return `${failed.length} of ${fresh.length} connections are not answered (${failed[0]})`;
  const vms = new Map<string, Set<string>>();
  for (const { client, answer } of observations) {
    if (!answer.ok) continue;
    vms.set(client, (vms.get(client) ?? new Set()).add(answer.vm));
  }
  const isBound = [...vms.values()].every(({ size }) => size === 1);
  return isBound ? 'each client is answered by one VM' : 'clients are answered by several VMs';
}
