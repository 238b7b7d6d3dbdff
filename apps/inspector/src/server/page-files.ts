import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { PageFile } from '@limpet/inspection';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** The page as one script, in the folder of a built page: that of its still copy. */
export const STILL_SCRIPT = 'assets/still.js';

/** All files of a built page, by their path in its address: the server reads no other. */
export function readPageFiles(built: string): ReadonlyMap<string, PageFile> {
  const assets = readdirSync(join(built, 'assets')).map(
    (name) => [`/assets/${name}`, join(built, 'assets', name)] as const,
  );
  return new Map(
    [['/', join(built, 'index.html')] as const, ...assets].map(([path, file]) => [
      path,
      { type: TYPES[extname(file)] ?? 'application/octet-stream', content: readFileSync(file) },
    ]),
  );
}
