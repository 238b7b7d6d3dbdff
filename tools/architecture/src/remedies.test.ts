import { describe, expect, it } from 'vitest';
import { fieldsIn, missingRemedies, offeredBy } from './remedies.ts';
import { readWorkspaces, type Source } from './workspaces.ts';

const root = new URL('../../..', import.meta.url).pathname;
const sources = readWorkspaces(root)
  .filter(({ folder }) => !folder.startsWith('tools/'))
  .flatMap((workspace) => workspace.sources)
  .filter(({ path }) => path.includes('/src/') && !path.includes('.test.'));
const named = (...paths: readonly string[]): Source[] =>
  sources.filter(({ path }) => paths.some((one) => path.endsWith(one)));

describe('a message', () => {
  it('names commands, options and settings that exist', () => {
    const offered = {
      ...offeredBy(sources.filter(({ path }) => path.includes('/command-line/'))),
      settings: fieldsIn(named('haproxy/config/settings.ts', 'rules/settings-schema.ts')),
    };
    expect(offered.commands.size).toBeGreaterThan(10);
    expect(offered.settings).toContain('maxConnections');
    expect(missingRemedies(sources, offered)).toEqual([]);
  });

  const offered = {
    commands: new Set(['apply']),
    options: new Set(['set']),
    settings: new Set(['maxConnections']),
  };
  it.each([
    ['"raise it: limpet apply --set maxConnections=9 or so"', []],
    ['"run limpet heal and wait"', ['a.ts:1 limpet heal']],
    ['`${x}: raise --limit or ${y}`', ['a.ts:1 --limit']],
    ['"raise the router\'s maxPorts, or ask for less"', ['a.ts:1 setting maxPorts']],
    ['spawn("ip", ["--json"])', []],
  ])('%s', (text, missing) => {
    expect(missingRemedies([{ path: 'a.ts', text }], offered)).toEqual(missing);
  });

  it('is held to what the command line defines', () => {
    const texts = [
      {
        path: 'a.ts',
        text: "import('../commands/plan.ts'); p.option('-o, --output <format>', 'a text'); f('--dir <x>')",
      },
    ];
    expect(offeredBy(texts)).toEqual({
      commands: new Set(['help', 'plan']),
      options: new Set(['help', 'version', 'output', 'dir']),
    });
  });
});
