import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { createProgram } from './command-line/program.ts';
import { exitCodes } from './exit-codes.ts';

const program = fileURLToPath(new URL('../testing/unsettled-command.ts', import.meta.url));

/** Every command with the arguments and options that it requires: `['simulate', 'storm']`. */
const commandsOf = (command: Command, path: readonly string[] = []): string[][] =>
  command.commands.flatMap((each) => {
    const words = [...path, each.name()];
    const required = each.registeredArguments.filter((argument) => argument.required).map(() => 'x');
    const options = each.options.filter(({ mandatory }) => mandatory).flatMap(({ long }) => [long!, 'x']);
    return [[...words, ...required, ...options], ...commandsOf(each, words)];
  });
const all = createProgram({ args: [], stdout: () => {}, stderr: process.stderr, exit: () => {} });

const helpOf = ([name, ...rest]: readonly string[]): string => {
  let help = '';
  const command = rest.reduce<Command | undefined>(
    (found, word) => found?.commands.find((each) => each.name() === word) ?? found,
    all.commands.find((each) => each.name() === name),
  );
  command!.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command!.outputHelp();
  return help;
};

it.each(commandsOf(all).map((words) => [words]))(
  'limpet %j ends with the exit code of an error, and says so, when it never comes to an end',
  async (words) => {
    const ended = await new Promise((resolve) => {
      execFile(process.execPath, [program, ...words], (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stdout, stderr });
      });
    });
    expect(ended).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/^limpet: INTERNAL: .*\n$/) });
  },
);

it.each(commandsOf(all).map((words) => [words]))(
  'limpet %j has only exit codes of the contract in its help',
  (words) => {
    const codes = [...(helpOf(words).split('Exit codes:\n')[1] ?? '').matchAll(/^ {2}(\d+) /gm)].map(
      ([, code]) => code,
    );
    expect(codes).toContain(String(exitCodes.done));
    expect(codes).toContain(String(exitCodes.error));
    expect(Object.values(exitCodes).map(String)).toEqual(expect.arrayContaining(codes));
  },
);
