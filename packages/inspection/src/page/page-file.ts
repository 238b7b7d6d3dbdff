/**
 * What every server of the page answers with it.
 *
 * @module
 */

/** A file of the built page. */
export interface PageFile {
  readonly type: string;
  readonly content: Buffer<ArrayBuffer>;
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Headers of all answers of a server of the page: nothing runs in it but its own files, it asks nobody else, no other site
 * frames it or reads it, and no cache keeps it.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** In an answer with the recording: its {@link RunKind}. */
export const RUN_HEADER = 'x-limpet-run';

/** Whether more comes (`live`), events can be sent as well (`played`), or rules be asked for (`agent`). */
export type RunKind = 'recorded' | 'live' | 'played' | 'agent';
