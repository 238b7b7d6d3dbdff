import { readFileSync } from 'node:fs';

/** An answer of HAProxy 2.6.12, as recorded. */
export const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}.txt`, import.meta.url), 'utf8');
