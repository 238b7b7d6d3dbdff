import type { MemoryPacketFilter } from './filter/packet-filter.ts';
import type { MemoryHaproxy } from './haproxy.ts';
import type { Connection } from './proxy.ts';
import type { Random } from './random.ts';
import type { Answer, Ask, Clients } from './traffic.ts';
import type { Worker } from './worker.ts';

/** The router that the clients reach. */
export interface MemoryClientsOptions {
  haproxy: MemoryHaproxy;
  packetFilter: MemoryPacketFilter;
  localAddresses: readonly string[];
  random: Random;
}

/** A connection that a client holds; without a connection it was refused. */
interface Held {
  ask: Ask;
  worker: Worker;
  connection: Connection;
}

/** Clients on the public side of the router in memory. */
export class MemoryClients implements Clients {
  readonly #options: MemoryClientsOptions;
  readonly #held = new Map<number, Held>();
  #lastId = 0;

  constructor(options: MemoryClientsOptions) {
    this.#options = options;
  }

  async ask(asks: readonly Ask[]): Promise<Answer[]> {
    return asks.map((ask) => {
      const opened = this.#open(ask);
      if ('error' in opened) return { ok: false, error: opened.error };
      const answer = this.#request(opened, ask);
      opened.worker.close(opened.connection);
      return answer;
    });
  }

  async hold(asks: readonly Ask[]): Promise<{ id: number; answer: Answer }[]> {
    return asks.map((ask) => {
      this.#lastId += 1;
      const id = this.#lastId;
      const opened = this.#open(ask);
      if ('error' in opened) return { id, answer: { ok: false, error: opened.error } };
      this.#held.set(id, opened);
      return { id, answer: this.#request(opened, ask) };
    });
  }

  async askHeld(ids: readonly number[]): Promise<Answer[]> {
    // Closes what has been idle for too long before it is asked.
    this.#options.haproxy.workers();
    return ids.map((id) => {
      const held = this.#held.get(id);
      if (!held || held.connection.closed) return { ok: false, error: 'closed' };
      return this.#request(held, held.ask);
    });
  }

  async release(ids: readonly number[]): Promise<void> {
    for (const id of ids) {
      const held = this.#held.get(id);
      this.#held.delete(id);
      held?.worker.close(held.connection);
    }
  }

  #open(ask: Ask): Held | { error: string } {
    const { haproxy, localAddresses, random } = this.#options;
    if (!localAddresses.includes(ask.ip)) return { error: 'unreachable' };
    if (!this.#passes(ask, 'NEW')) return { error: 'timeout' };
    const worker = haproxy.current;
    const listeners = worker?.listeners(
      (bind) => 'address' in bind && bind.port === ask.port && [ask.ip, '*', '0.0.0.0'].includes(bind.address),
    );
    // Two binds on one address are one in two for each client (SO_REUSEPORT).
    const chosen = listeners?.[Math.floor(random() * listeners.length)];
    if (!worker || !chosen) return { error: 'refused' };
    // HAProxy takes no more from the kernel's queue than it may have.
    if (chosen.proxy.isFull()) return { error: 'timeout' };
    const port = 32768 + Math.floor(random() * 28232);
    const peer = { ip: ask.client, port, listener: chosen.listener, unix: false };
    const connection = worker.accept(chosen.proxy, peer);
    return connection ? { ask, worker, connection } : { error: 'closed' };
  }

  /** All packets after the first one belong to an established connection. */
  #request({ worker, connection }: Held, ask: Ask): Answer {
    if (!this.#passes(ask, 'ESTABLISHED')) return { ok: false, error: 'timeout' };
    return worker.request(connection, ask);
  }

  #passes({ client, ip, port }: Ask, state: 'NEW' | 'ESTABLISHED'): boolean {
    return this.#options.packetFilter.admits({ source: client, destination: ip, port, state });
  }
}
