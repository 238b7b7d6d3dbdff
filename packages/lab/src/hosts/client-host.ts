/**
 * The process of all clients, in the public namespace.
 *
 * @module
 */

import type { Answer, Ask, Clients, Held } from '../traffic/traffic.ts';
import { mapBounded } from './bounded.ts';
import { ClientConnection } from './client-connection.ts';
import { serve } from './host-serve.ts';

/** Connections that are opened or asked at the same time. */
const CONCURRENCY = 200;
const CLOSED: Answer = { ok: false, error: 'closed' };

function createClients(timeoutMs: number): Clients {
  const held = new Map<number, ClientConnection>();
  let lastId = 0;

  async function askOnce(ask: Ask): Promise<Answer> {
    const connection = new ClientConnection(ask, timeoutMs);
    const answer = await connection.ask();
    connection.close();
    return answer;
  }

  async function holdOne(ask: Ask): Promise<Held> {
    const id = ++lastId;
    const connection = new ClientConnection(ask, timeoutMs);
    held.set(id, connection);
    return { id, answer: await connection.ask() };
  }

  async function askHeldOne(id: number): Promise<Answer> {
    const answer = await (held.get(id)?.ask() ?? CLOSED);
    // Whether a reset came just before the question or just after it is chance; the caller gets one word for both.
    return !answer.ok && answer.error === 'reset' ? CLOSED : answer;
  }

  return {
    ask: (asks) => mapBounded(asks, CONCURRENCY, askOnce),
    hold: (asks) => mapBounded(asks, CONCURRENCY, holdOne),
    askHeld: (ids) => mapBounded(ids, CONCURRENCY, askHeldOne),
    async release(ids) {
      for (const id of ids) {
        held.get(id)?.close();
        held.delete(id);
      }
    },
  };
}

serve(createClients(Number(process.argv[2])));
