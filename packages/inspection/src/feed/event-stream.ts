/**
 * The feed as server-sent events (HTML Standard, 9.2): it can be resumed at any message, by the id of the last one that
 * arrived.
 *
 * @module
 */
import type { Recorded } from './recorder.ts';

/** What a stream tells of itself before the first message. */
export interface Hello {
  version: number;
  session: string;
  /** The number of the last message when the stream began. */
  last: number;
}

/** Where a reader was: after the message `seq` of `session`. */
export interface Position {
  session: string;
  seq: number;
}

/** The event that opens a stream. It has no id: it is no message. */
export const helloEvent = (hello: Hello): string => `event: hello\ndata: ${JSON.stringify(hello)}\n\n`;

/** Says that messages are gone; those of the baseline follow, as `baseline` events, and then what is kept. */
export const lostEvent = (lost: { from: number; to: number }): string =>
  `event: lost\ndata: ${JSON.stringify(lost)}\n\n`;

/** A message of the baseline. It has no id: it is of the past. */
export const baselineEvent = (message: object): string => `event: baseline\ndata: ${JSON.stringify(message)}\n\n`;

/** A message, with the id from which the stream can be resumed. JSON has no line breaks, so it is one line of data. */
export const messageEvent = (session: string, { message, text }: Recorded): string =>
  `id: ${session}.${message.seq}\ndata: ${text}\n\n`;

/** A comment, which keeps the connection open through proxies that end silent ones. */
export const keepAlive = ': still here\n\n';

/** A `Last-Event-ID` of this feed: the session, a dot, and the number of the message. */
export const lastEventIdPattern = /^([^.\s]{1,64})\.(\d{1,15})$/;

/** Reads `Last-Event-ID`; undefined when it is missing or none of ours. */
export function parsePosition(lastEventId: string | undefined): Position | undefined {
  const [, session, seq] = lastEventIdPattern.exec(lastEventId ?? '') ?? [];
  return session === undefined ? undefined : { session, seq: Number(seq) };
}
