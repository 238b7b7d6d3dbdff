import { readFileSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { BUGS } from '@limpet/model';
import { Command, InvalidArgumentError, Option } from 'commander';
import { bugs } from './commands/bugs.ts';
import { check } from './commands/check.ts';
import { demo } from './commands/demo.ts';
import { generate } from './commands/generate.ts';
import { monitor } from './commands/monitor.ts';
import { paths } from './commands/paths.ts';
import { simulate } from './commands/simulate.ts';
import { exitCodesHelp } from './exit-codes.ts';

/** What a command works with. */
export interface Context {
  /** The arguments after `limpet`. */
  args: readonly string[];
  /** For the result, and nothing else. */
  stdout: (text: string) => void;
  stderr: WriteStream;
  exit: (code: number) => void;
}

/** How a result is printed. */
export type OutputFormat = 'json' | 'table';

/** `limpet` and its commands. It throws what goes wrong; it never exits by itself. */
export function createProgram(context: Context): Command {
  const program = new Command('limpet')
    .description("A load balancer backend for Apache CloudStack's virtual routers that proves what it does.")
    .version(version(), '-V, --version')
    .exitOverride()
    .configureOutput({ writeOut: context.stdout, writeErr: () => {} })
    .addHelpText('after', exitCodesHelp);
  addSimulate(program, context);
  addCheck(program, context);
  addPaths(program, context);
  addMonitor(program, context);
  program
    .command('bugs')
    .description('the real bugs that can be switched on in the model, to see that the check finds them')
    .addOption(outputOption())
    .action((options) => bugs(options, context));
  program
    .command('demo')
    .description('three scenarios, on the same HAProxy driven by CloudStack and by Limpet, side by side')
    .addOption(outputOption())
    .action((options) => demo(options, context));
  program
    .command('generate')
    .description('write what is generated from the statecharts')
    .option('--check', 'write nothing; fail when a file is stale')
    .action((options) => generate(options, context));
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  return program;
}

function addSimulate(program: Command, context: Context): void {
  program
    .command('simulate')
    .description('play a scenario against a router and let the clients judge what is in force')
    .argument('[scenario]', "a shipped scenario's name, or the path of a YAML file", 'cloudstack-9583')
    .addOption(
      new Option('--router <router>', 'who drives the data plane')
        .choices(['cloudstack', 'haproxy', 'memory'])
        .default('haproxy', "haproxy: Limpet's own"),
    )
    .addOption(
      new Option('--data-plane <kind>', 'a real HAProxy in namespaces of its own, or one in memory').choices([
        'real',
        'memory',
      ]),
    )
    .option(
      '--from <file>',
      "take the rules from a CloudStack load_balancer.json databag instead of the scenario's groups",
    )
    .option('--public-ip <address...>', 'an address of the router, besides those of the scenario')
    .addOption(outputOption())
    .addHelpText('after', exitCodesHelp)
    .action((scenario, options) => simulate(scenario, options, context));
}

function addCheck(program: Command, context: Context): void {
  program
    .command('check')
    .description('visit every state of some groups that share a router, and say what does not hold')
    .addOption(new Option('--groups <n>', 'groups, with one rule each').argParser(positiveInteger).default(2))
    .addOption(new Option('--members <n>', 'most members of a group').argParser(positiveInteger).default(2))
    .addOption(new Option('--threads <n>', 'threads that work').argParser(positiveInteger).default(2))
    .option('--no-symmetry', 'also visit states that differ only in the order of groups or members')
    .addOption(
      new Option('--bug <name>', 'switch a bug on; limpet bugs lists them').choices(BUGS.map(({ name }) => name)),
    )
    .addOption(
      new Option('--export <format>', 'check nothing; print the model for another checker').choices(['promela']),
    )
    .addOption(outputOption())
    .addHelpText('after', exitCodesHelp)
    .action((options) => check(options, context));
}

function addPaths(program: Command, context: Context): void {
  program
    .command('paths')
    .description('the runs that together meet every goal of a suite, each from a reset, and the proof that they do')
    .addOption(
      new Option('--suite <suite>', 'what to meet: every step, every two steps in a row, every way that groups meet')
        .choices(['transitions', 'pairs', 'interactions'])
        .default('transitions'),
    )
    .addOption(
      new Option('--groups <n>', 'groups, with one rule each (default: 1, for interactions 2)').argParser(
        positiveInteger,
      ),
    )
    .addOption(
      new Option('--members <n>', 'most members of a group (default: 2, for interactions 1)').argParser(
        positiveInteger,
      ),
    )
    .addOption(outputOption())
    .addHelpText('after', exitCodesHelp)
    .action((options) => paths(options, context));
}

function addMonitor(program: Command, context: Context): void {
  program
    .command('monitor')
    .description('follow the trace of a run, and say at which line no execution of the model explains it any more')
    .argument('<file>', 'the trace, one JSON object with an "event" a line; - for stdin')
    .addOption(new Option('--groups <n>', 'groups, with one rule each').argParser(positiveInteger).default(1))
    .addOption(new Option('--members <n>', 'most members of a group').argParser(positiveInteger).default(2))
    .addHelpText('after', exitCodesHelp)
    .action((file, options) => monitor(file, options, context));
}

function positiveInteger(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 on.');
}

const outputOption = (): Option =>
  new Option('-o, --output <format>', 'how the result is printed').choices(['json', 'table']).default('table');

function version(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return manifest.version;
}
