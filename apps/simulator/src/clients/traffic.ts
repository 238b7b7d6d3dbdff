import type { Random } from '@limpet/data-plane';
import type { AddressPool } from '../cloud/addresses.ts';
import type { Group } from '../cloud/group.ts';
import type { Answer, Clients } from '../test-bed/test-bed.ts';
import { askOf, boundTo, type Client, keepsClients, learn } from './client.ts';
import { DisruptionLog } from './disruption-log.ts';
import type { Finding, Observation } from './judge.ts';
import { Mutex } from './mutex.ts';
import { shuffled } from './shuffled.ts';

/** A rule that does not answer. */
export interface Unserved {
  group: Group;
  error: string;
}

/** How clients use their rules. */
export interface TrafficOptions {
  clients: Clients;
  random: Random;
  addresses: AddressPool;
  /** Connections that a client keeps open. */
  heldPerClient: number;
  /** Told each disruption of a client. */
  onDisruption?: ((finding: Finding) => void) | undefined;
}

/** The clients of all rules, with what they saw and what was done to them. */
export class Traffic {
  /** What was done to the clients. */
  readonly log: DisruptionLog;
  readonly #options: TrafficOptions;
  #clients: Client[] = [];
  /** A client that opened two connections at once could be given two VMs before its first entry is stored. */
  readonly #turns = new Mutex();

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.log = new DisruptionLog(options.onDisruption);
  }

  /** Gives a group its clients. They do nothing yet. */
  add(group: Group, count: number): void {
    for (let index = 0; index < count; index++) {
      const address = this.#options.addresses.take();
      this.#clients.push({ address, group, home: undefined, cookies: {}, held: this.#nothingHeld() });
    }
  }

  get clientCount(): number {
    return this.#clients.length;
  }

  /** One connection of each group's first client, not counted: is the rule served at all? Undefined when all are. */
  async unserved(): Promise<Unserved | undefined> {
    const first = this.#clients.filter((client, index) => client.group !== this.#clients[index - 1]?.group);
    const answers = await this.#options.clients.ask(first.map(askOf));
    const failed = answers.findIndex((answer) => !answer.ok);
    const answer = answers[failed];
    return answer === undefined || answer.ok ? undefined : { group: first[failed]!.group, error: answer.error };
  }

  /**
   * The first visit, or the first after a change: sticky clients find their home, all clients open the connections that they
   * hold, and from now on the rules count as unchanged.
   *
   * @param groups all by default
   */
  async settleIn(groups?: ReadonlySet<Group>): Promise<void> {
    await this.#turns.run(async () => {
      const clients = groups === undefined ? this.#clients : this.#of(groups);
      for (const { client, answer } of await this.#fresh(clients)) {
        if (client.group.rule.stickiness.method === 'SourceBased' && answer.ok) client.home = answer.vm;
      }
      await this.#reopen(clients);
      for (const { group } of clients) group.changed = false;
    });
  }

  /** The group's clients may go elsewhere from now on; they forget their cookies. */
  async free(group: Group): Promise<void> {
    await this.#turns.run(async () => {
      for (const client of this.#of(new Set([group]))) Object.assign(client, { home: undefined, cookies: {} });
    });
  }

  /** A group's clients come no more. @returns the connections that they still hold, for others to look at */
  async leave(group: Group): Promise<number[]> {
    return this.#turns.run(async () => {
      const gone = this.#of(new Set([group]));
      this.#clients = this.#clients.filter((client) => client.group !== group);
      return gone.flatMap(({ held }) => held.flatMap((each) => each?.id ?? []));
    });
  }

  /** The clients whose turn it is close what they hold, as clients do; they open new connections when they need them. */
  async renew(size: number): Promise<void> {
    await this.#turns.run(async () => {
      const next = this.#clients.slice(0, size);
      this.#clients = [...this.#clients.slice(size), ...next];
      await this.#letGo(next);
    });
  }

  /** Some clients, from all groups that can answer, use what they have: held and fresh connections. */
  async burst(size: number): Promise<void> {
    await this.#turns.run(async () => {
      const able = this.#clients.filter((client) => !client.group.emptying);
      await this.#visit(shuffled(able, this.#options.random).slice(0, size), 1);
    });
  }

  /**
   * All clients of these groups use their held connections and open `rounds` fresh ones each.
   *
   * @returns what they saw, by group
   */
  async check(groups: ReadonlySet<Group>, rounds: number): Promise<Map<Group, Observation[]>> {
    return this.#turns.run(() => this.#visit(this.#of(groups), rounds));
  }

  /** All clients of these groups close the connections that they hold; they open new ones when they need them. */
  async hangUp(groups: ReadonlySet<Group>): Promise<void> {
    await this.#turns.run(() => this.#letGo(this.#of(groups)));
  }

  #of(groups: ReadonlySet<Group>): Client[] {
    return this.#clients.filter((client) => groups.has(client.group));
  }

  async #letGo(clients: readonly Client[]): Promise<void> {
    const held = clients.flatMap((client) => client.held.splice(0).filter((each) => each !== undefined));
    for (const client of clients) client.held.push(...this.#nothingHeld());
    await this.#options.clients.release(held.map(({ id }) => id));
  }

  /** A connection on which other cookies were sent is no use to a browser that has been given new ones. */
  async #letGoOfStale(clients: readonly Client[]): Promise<void> {
    const stale: number[] = [];
    for (const { held, cookies } of clients) {
      for (const [slot, each] of held.entries()) {
        if (each === undefined || each.cookies === cookies) continue;
        stale.push(each.id);
        held[slot] = undefined;
      }
    }
    if (stale.length > 0) await this.#options.clients.release(stale);
  }

  async #visit(clients: readonly Client[], rounds: number): Promise<Map<Group, Observation[]>> {
    const seen: Sighting[] = [];
    await this.#letGoOfStale(clients);
    seen.push(...(await this.#askHeld(clients)));
    for (let round = 0; round < rounds; round++) {
      seen.push(...(await this.#fresh(clients)));
      // After a fresh connection, so that a sticky client has its entry before it opens several.
      if (round === 0) seen.push(...(await this.#reopen(clients)));
    }
    const byGroup = new Map<Group, Observation[]>();
    for (const { client, kind, bound, answer } of seen) {
      const observations = byGroup.get(client.group) ?? [];
      observations.push({ client: client.address, kind, bound, answer });
      byGroup.set(client.group, observations);
    }
    return byGroup;
  }

  /** One fresh connection each. */
  async #fresh(clients: readonly Client[]): Promise<Sighting[]> {
    const order = shuffled(clients, this.#options.random);
    const bound = order.map(boundTo);
    const answers = await this.#options.clients.ask(order.map(askOf));
    return order.map((client, index) => this.#opened(client, 'fresh', bound[index], answers[index]!));
  }

  async #askHeld(clients: readonly Client[]): Promise<Sighting[]> {
    const slots = clients.flatMap((client) => client.held.map((held, slot) => ({ client, slot, held })));
    const asked = shuffled(slots, this.#options.random).filter(({ held }) => held !== undefined);
    const bound = asked.map(({ client }) => boundTo(client));
    const answers = await this.#options.clients.askHeld(asked.map(({ held }) => held!.id));
    return asked.flatMap(({ client, slot, held }, index): Sighting[] => {
      const answer = answers[index]!;
      if (answer.ok) {
        learn(client, answer);
        return [{ client, kind: 'held', bound: bound[index], answer }];
      }
      client.held[slot] = undefined;
      this.#lost(client, held!.vm, answer.error);
      return [];
    });
  }

  #nothingHeld(): undefined[] {
    return Array.from({ length: this.#options.heldPerClient }, () => undefined);
  }

  #lost({ address, group }: Client, vm: string, error: string): void {
    if (group.emptying || !keepsClients(group.rule, vm)) return;
    // An HTTP connection may end between two requests at any time, and its client opens another (RFC 9112, 9.3.1, 9.5).
    if (group.rule.protocol === 'http' && error === 'closed') return;
    if (group.changed) this.log.drained += 1;
    else this.log.fail(group.rule, `client ${address} on a held connection to ${vm}: ${error}`);
  }

  /** Opens what was closed, one connection of a client at a time. */
  async #reopen(clients: readonly Client[]): Promise<Sighting[]> {
    const seen: Sighting[] = [];
    for (let slot = 0; slot < this.#options.heldPerClient; slot++) {
      const order = shuffled(clients, this.#options.random).filter(({ held }) => held[slot] === undefined);
      const [bound, asks] = [order.map(boundTo), order.map(askOf)];
      const opened = await this.#options.clients.hold(asks);
      for (const [index, client] of order.entries()) {
        const { id, answer } = opened[index]!;
        const { cookies } = client;
        if (answer.ok) client.held[slot] = { id, vm: answer.vm, cookies };
        seen.push(this.#opened(client, 'held', bound[index], answer));
      }
    }
    return seen;
  }

  #opened(client: Client, kind: 'fresh' | 'held', bound: string | undefined, answer: Answer): Sighting {
    this.log.connections += 1;
    if (!answer.ok) {
      const { address, group } = client;
      if (!group.emptying) this.log.fail(group.rule, `client ${address} on a ${kind} connection: ${answer.error}`);
    } else if (client.home !== undefined && !client.group.changed) {
      if (!keepsClients(client.group.rule, client.home)) client.home = undefined;
      else if (answer.vm !== client.home) this.log.move(client.group.rule, client.address, client.home, answer.vm);
    }
    learn(client, answer);
    return { client, kind, bound, answer };
  }
}

interface Sighting {
  client: Client;
  kind: 'fresh' | 'held';
  bound: string | undefined;
  answer: Answer;
}
