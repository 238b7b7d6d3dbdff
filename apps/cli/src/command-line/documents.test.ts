import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { capture } from '../../testing/run-command.ts';
import { createProgram } from './program.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const program = createProgram(capture().context);
const scripts = new Set(Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts));
const documents = globSync('{*.md,docs/*.md,{apps,packages,tools}/*/README.md}', { cwd: root }).sort();

/** What people are told to type: lines of shell blocks, and of Python words that are one (`["limpet", "agent"]`). */
function typedIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```(?:sh|python)\n(.*?)^```/gms)].map(([, block]) => block!);
  const lines = blocks.join('\n').replaceAll('\\\n', ' ').split('\n');
  return lines.map((line) =>
    line
      .replace(/(^|\s)#.*$/, '')
      .replaceAll('", "', ' ')
      .replaceAll('"', ' '),
  );
}

/** What is wrong with the words after `limpet`. */
function problemOf(words: readonly string[]): string | undefined {
  let command: Command = program;
  let [first, ...rest] = words;
  for (let next = find(command, first); next !== undefined; next = find(command, first)) {
    command = next;
    [first, ...rest] = rest;
  }
  if (command === program && first !== undefined && !/^(-|help$|[A-Z]+$)/.test(first)) return `no command ${first}`;
  const options = [first ?? '', ...rest].filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split('=')[0]!);
  const known = [...command.options.flatMap(({ short, long }) => [short, long]), '--help', '-h', '--version', '-V'];
  const unknown = options.filter((option) => !known.includes(option));
  return unknown.length > 0 ? `${command.name()} has no ${unknown.join(', ')}` : undefined;
}

const find = (command: Command, name: string | undefined): Command | undefined =>
  command.commands.find((each) => each.name() === name);

it.each(documents)('%s names commands and options that exist', (document) => {
  const problems = typedIn(readFileSync(join(root, document), 'utf8')).flatMap((line) => {
    const ran = [...line.matchAll(/\bnpm run ([\w:-]+)/g)].flatMap(([, script]) =>
      scripts.has(script!) ? [] : [`no script ${script}`],
    );
    const called = [...line.matchAll(/(?:^|[\s;|&(])limpet ([^;|&)\]]*)/g)].flatMap(([, words]) => {
      const problem = problemOf(words!.trim().split(/\s+/));
      return problem === undefined ? [] : [problem];
    });
    return [...ran, ...called].map((problem) => `${line.trim()}: ${problem}`);
  });
  expect(problems).toEqual([]);
});

it('would notice a command or an option that does not exist', () => {
  expect(problemOf(['agent', 'submit', '--databag', 'x'])).toBeUndefined();
  expect(problemOf(['agent', 'submit', '--databags', 'x'])).toBe('submit has no --databags');
  expect(problemOf(['aply', 'x'])).toBe('no command aply');
});
