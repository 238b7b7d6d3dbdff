import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { defaultDir } from '../rules/default-dir.ts';
import { exitCodesHelp } from './exit-codes-help.ts';
import { integerWithin } from './options.ts';

/** Defines `limpet inspect`. */
export function addInspect(program: Command, context: Context): void {
  program
    .command('inspect')
    .description(
      'show a running agent, the statecharts, a counterexample or a recorded run in a browser, on this machine only',
    )
    .argument(
      '[file]',
      'what limpet check, conform or monitor print with -o json, a failure of conform, or a recording; - for stdin',
    )
    .option('--machine <module>', 'show the XState 5 machines that a module exports, instead of the model')
    .option('--input <json>', 'what the machines of --machine begin with')
    .option(
      '--dir <dir>',
      `the folder of the router whose agent is shown (default: ${defaultDir}, if an agent runs there)`,
    )
    .option('--export <file>', 'write one HTML file that opens from disk, and serve nothing')
    .option(
      '--stately <url>',
      "send it to Stately's inspector as well: the server of @statelyai/inspect on this machine",
    )
    .addOption(
      new Option('--port <n>', 'the port of 127.0.0.1 to serve at (default: one that is free)').argParser(
        integerWithin(1, 65_535),
      ),
    )
    .addHelpText(
      'after',
      `
Examples:
  limpet inspect
  limpet check --bug line-set-compare -o json | limpet inspect - --export counterexample.html
  limpet inspect limpet-failure-1.json
  limpet inspect --machine src/my.machine.ts
${exitCodesHelp({ 0: ['the page was served until Ctrl-C', 'with --export: the file is written'] })}`,
    )
    .action(async (file, options) => (await import('../commands/inspect.ts')).inspect(file, options, context));
}
