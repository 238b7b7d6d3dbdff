import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readListens } from './listen.ts';
import { parseConfig } from './parse.ts';
import { renderConfig } from './render.ts';
import { readStatement, statementLine, unknownLines } from './statement.ts';

const text = await readFile(new URL('../../testdata/c09-haproxy-frontends.cfg', import.meta.url), 'utf8');
const file = parseConfig(text);

/** The lines that HAProxy reads, without indentation. */
const linesOf = (of: string): string[] =>
  of
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

it('c09: a configuration with frontends, as people write it, loses nothing when it is read and written', () => {
  expect(linesOf(renderConfig(file))).toEqual(linesOf(text));
  expect(file.sections.map(({ kind, name }) => [kind, name].filter(Boolean).join(' '))).toEqual([
    'global',
    'defaults',
    'listen stats',
    'frontend vs-acs-gui-http',
    'backend pool-gui',
    'backend pool-api',
    'listen agents',
  ]);
});

it('c09: every line of it is known, and means the same when it is written anew', () => {
  expect(unknownLines(file)).toEqual([]);
  for (const line of file.sections.flatMap(({ lines }) => lines)) {
    expect(readStatement(statementLine(readStatement(line)))).toEqual(readStatement(line));
  }
});

it('c09: its listeners have what they say, and what the defaults say for them', () => {
  const [stats, agents, ...more] = readListens(file);
  expect(more).toEqual([]);
  const timeouts = { connect: 5000, client: 120_000, server: 120_000, tunnel: 3_600_000 };
  expect(stats).toMatchObject({
    ...{ name: 'stats', mode: 'http', binds: [{ address: '203.0.113.10', port: 9245 }], servers: [] },
    ...{ maxconn: 2000, timeouts },
  });
  expect(stats!.other.at(-1)!.words).toEqual(['stats', 'auth', 'admin:secret1.']);
  expect(agents).toMatchObject({
    ...{ name: 'agents', mode: 'tcp', balance: 'source', binds: [{ address: '203.0.113.10', port: 8250 }] },
    ...{ maxconn: 2000, timeouts },
    servers: [
      { name: 'acs-1', ip: '10.1.1.11', port: 8250, check: true },
      { name: 'acs-2', ip: '10.1.1.12', port: 8250, check: true },
    ],
  });
});
