import type { Command } from 'commander';
import { expect, it, vi } from 'vitest';
import { capture } from '../../testing/run-command.ts';
import { addCheckoutCommands, CHECKOUT_COMMANDS } from './checkout-commands.ts';
import { createOperatorProgram } from './operator-program.ts';
import { createProgram } from './program.ts';

const program = createProgram(capture().context);

/** Every command with the words that call it: `simulate storm`. */
function commandsOf(parent: Command, words: readonly string[] = []): [string, Command][] {
  return parent.commands.flatMap((command) => {
    const path = [...words, command.name()];
    return [[path.join(' '), command] as [string, Command], ...commandsOf(command, path)];
  });
}
const names = commandsOf(program).map(([name]) => name);

async function helpOf(...args: string[]): Promise<string> {
  const { context, result } = capture();
  await expect(createProgram(context).parseAsync(args, { from: 'user' })).rejects.toMatchObject({ exitCode: 0 });
  return result.stdout;
}

/** The codes that the end of a help names. */
const exitCodesIn = (help: string): string[] =>
  [...(help.split('\nExit codes:\n')[1] ?? '').matchAll(/^ {2}(\d+) +\S/gm)].map(([, code]) => code!);

it('lists every command once, in groups, the operator’s first', async () => {
  const groups = (await helpOf('--help'))
    .split(/\n(?=\S[^\n]*:\n)/)
    .slice(1)
    .map((text): [string, string[]] => [
      text.split(':')[0]!,
      [...text.matchAll(/^ {2}([a-z]\S*)/gm)].map(([, name]) => name!),
    ]);
  expect(groups).toEqual([
    ['Options', []],
    ['Router', ['plan', 'apply', 'diff', 'verify', 'status', 'events', 'agent', 'support']],
    ['Model', ['check', 'paths', 'bugs', 'monitor', 'inspect']],
    ['Testing and simulation', ['simulate', 'conform', 'mutants', 'demo']],
    ['Development', ['generate']],
  ]);
  expect(groups.flatMap(([, list]) => list)).toEqual(program.commands.map((command) => command.name()));
});

it('says of each command that the operator’s program lacks how it is run', async () => {
  const { context } = capture();
  const operators = createOperatorProgram(context);
  const own = operators.commands.map((command) => command.name());
  expect([...own, ...CHECKOUT_COMMANDS]).toEqual(program.commands.map((command) => command.name()));
  addCheckoutCommands(operators);
  for (const name of CHECKOUT_COMMANDS) {
    await expect(operators.parseAsync([name, '--groups', '3', 'x'], { from: 'user' })).rejects.toMatchObject({
      code: 'CHECKOUT_NEEDED',
      message: expect.stringContaining(`run npx limpet ${name} in a checkout`),
    });
  }
});

it('names at each command the exit codes of that command', async () => {
  const codes = await Promise.all(
    names.map(async (name) => [name, exitCodesIn(await helpOf(...name.split(' '), '--help')).join(' ')]),
  );
  expect(Object.fromEntries(codes)).toEqual({
    plan: '0 1 2',
    apply: '0 1 2 130',
    diff: '0 1 2',
    verify: '0 1 2',
    events: '0 1 130',
    status: '0 1 2',
    agent: '0 1',
    'agent check': '0 1',
    'agent submit': '0 1 2',
    support: '0 1',
    check: '0 1 130',
    paths: '0 1',
    bugs: '0 1',
    monitor: '0 1 130',
    simulate: '0 1 2 130',
    'simulate storm': '0 1 2 130',
    conform: '0 1 130',
    mutants: '0 1 130',
    demo: '0 1 130',
    inspect: '0 1',
    generate: '0 1',
  });
});

it.each(names)('ends the help of %s with the exit codes', async (name) => {
  const help = await helpOf(...name.split(' '), '--help');
  expect(help.trimEnd().split('\n\n').at(-1)).toMatch(/^Exit codes:\n {2}0 /);
});

it.each(['plan', 'apply', 'diff', 'verify', 'status', 'simulate', 'simulate storm', 'conform', 'demo'])(
  'takes another HAProxy for %s',
  async (name) => {
    expect(await helpOf(...name.split(' '), '--help')).toMatch(/--haproxy <path> .*\(default: \$LIMPET_HAPROXY/s);
  },
);

it.each([
  ['plan rules.yaml --dir', '--dir'],
  ['plan rules.yaml --out', '--out'],
  ['plan rules.yaml --haproxy', '--haproxy'],
  ['plan rules.yaml --set a=1 --set', '--set'],
  ['verify --from', '--from'],
  ['apply', 'rules'],
  ['events --dir', '--dir'],
  ['support', 'file'],
  ['agent --config', '--config'],
  ['agent submit --databag', '--databag'],
  ['inspect --export', '--export'],
  ['simulate', 'scenario'],
  ['simulate --record', '--record'],
])('refuses "%s" with an empty value', async (words, named) => {
  const run = createProgram(capture().context).parseAsync([...words.split(' '), ''], { from: 'user' });
  const message = `${named} is empty; give it a value, or leave it out`;
  await expect(run).rejects.toMatchObject({ code: 'USAGE', message });
});

it('runs the HAProxy that --haproxy names', async () => {
  vi.stubEnv('LIMPET_HAPROXY', '/from/the/environment');
  const run = createProgram(capture().context).parseAsync(['status', '--haproxy', '/nowhere/haproxy'], {
    from: 'user',
  });
  await expect(run).rejects.toMatchObject({
    code: 'LAB_MISSING_TOOL',
    message: expect.stringContaining('names /nowhere/haproxy,'),
  });
  vi.unstubAllEnvs();
});

it('shows a command’s help by "help", too, and what apply says', async () => {
  const help = await helpOf('help', 'apply');
  expect(help).toBe(await helpOf('apply', '--help'));
  expect(help.slice(help.indexOf('Exit codes:'))).toMatchInlineSnapshot(`
    "Exit codes:
      0    there was nothing to change, and every rule is in force, or waits for its address (Standby)
      1    a rule is refused or not in force
           an error; stderr says what to do (LIMPET_DEBUG=1 adds the stack)
      2    the router was changed, and every rule is in force, or waits for its address (Standby)
      130  interrupted by Ctrl-C; what was changed stays, and the next apply does the rest

    "
  `);
});
