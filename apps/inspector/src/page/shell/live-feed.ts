import type { Message } from '@limpet/inspection';
import type { RunStore } from '../store/run-store.ts';

/** How the page and its server are connected. */
export type Connection = 'live' | 'lost';

/**
 * Follows the feed of the page's server. The browser resumes it by itself, from the last message that came.
 *
 * @param from - the feed's address
 * @returns ends it
 */
export function followFeed(from: string, store: RunStore, onConnection: (connection: Connection) => void): () => void {
  const source = new EventSource(from);
  let session: string | undefined;
  /** Messages of a burst are taken together, in the order in which they came. */
  let waiting: Message[] = [];
  const take = (message: Message): void => {
    if (waiting.length === 0) queueMicrotask(flush);
    waiting.push(message);
  };
  const flush = (): void => {
    const messages = waiting;
    waiting = [];
    store.push(messages);
  };
  source.addEventListener('hello', ({ data }: MessageEvent<string>) => {
    const hello = JSON.parse(data) as { session: string };
    // Another process answers: what is shown is of the one before.
    if (session !== undefined && session !== hello.session) location.reload();
    session = hello.session;
    onConnection('live');
  });
  source.addEventListener('lost', ({ data }: MessageEvent<string>) => {
    const { from: first, to } = JSON.parse(data) as { from: number; to: number };
    store.lose(to - first + 1);
  });
  // As the recording, messages were parsed by the server.
  const onMessage = ({ data }: MessageEvent<string>): void => take(JSON.parse(data) as Message);
  source.addEventListener('baseline', onMessage);
  source.addEventListener('message', onMessage);
  source.addEventListener('error', () => onConnection('lost'));
  return () => source.close();
}
