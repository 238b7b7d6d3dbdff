import type { IncomingMessage } from 'node:http';
import { parse } from '@limpet/contract';
import * as z from 'zod';

/** What the page posts. */
const sentSchema = z.strictObject({
  actor: z.string(),
  event: z.object({ type: z.string().min(1) }).catchall(z.json()),
});

const MOST_BYTES = 64 * 1024;

/** What a request is answered. */
export interface Received {
  status: number;
  content: string;
}

/**
 * Takes an event from the page. Another site's page can post to 127.0.0.1 as well; but not with this type of content, and not
 * with this origin.
 *
 * @param origin - of the page itself
 */
export async function receive(
  request: IncomingMessage,
  origin: string,
  send: (actor: string, event: { type: string }) => void,
): Promise<Received> {
  if (request.headers.origin !== origin || request.headers['content-type'] !== 'application/json')
    return { status: 403, content: 'events come from the page itself\n' };
  try {
    const { actor, event } = parse(sentSchema, jsonOf(await bodyOf(request)), 'sent');
    send(actor, event);
    return { status: 204, content: '' };
  } catch (error) {
    return { status: 400, content: `${error instanceof Error ? error.message : String(error)}\n` };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('the event is not JSON');
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error('the event is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
