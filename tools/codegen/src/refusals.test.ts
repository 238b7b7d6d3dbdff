import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CodegenError } from './errors.ts';
import { readModel } from './read-model.ts';

const DOOR = join(import.meta.dirname, '../testdata/door');
const NODE_MODULES = join(import.meta.dirname, '../../../node_modules');
const copies: string[] = [];

afterEach(async () => {
  await Promise.all(copies.splice(0).map((folder) => rm(folder, { recursive: true })));
});

/** Changes one piece of the door and reads it. */
async function refusal(file: string, from: string, to: string): Promise<CodegenError> {
  const folder = await mkdtemp(join(tmpdir(), 'limpet-codegen-'));
  copies.push(folder);
  await cp(DOOR, folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(NODE_MODULES, join(folder, 'node_modules'));
  const text = await readFile(join(folder, file), 'utf8');
  expect(text).toContain(from);
  await writeFile(join(folder, file), text.replace(from, to));
  const error = await readModel(folder).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CodegenError)) throw new Error(`expected a CodegenError, got ${String(error)}`);
  expect(error.file).toContain(join(folder, file));
  return error;
}

const MACHINE = 'door.machine.ts';

describe('a model that cannot be generated from', () => {
  it.each([
    [MACHINE, "actions: 'ringBell'", 'actions: () => {}', 'CODEGEN_BAD_MACHINE', /closed on ring has an inline action/],
    [MACHINE, "guard: 'isClosed'", 'guard: () => true', 'CODEGEN_BAD_MACHINE', /closed on open has an inline guard/],
    [
      MACHINE,
      "actions: 'ringBell'",
      "actions: 'sing'",
      'CODEGEN_BAD_MACHINE',
      /the action sing, which setup\(\) does not have/,
    ],
    [MACHINE, "target: 'closed'", "target: 'ajar'", 'CODEGEN_BAD_MACHINE', /ajar/],
    [MACHINE, "initial: 'open'", "initial: 'ajar'", 'CODEGEN_BAD_MACHINE', /ajar/],
    [MACHINE, 'open: { on:', "open: { after: { 10: 'closed' }, on:", 'CODEGEN_BAD_MACHINE', /state open uses after/],
    [MACHINE, 'open: { on:', "open: { entry: 'ringBell', on:", 'CODEGEN_BAD_MACHINE', /state open uses entry/],
    [
      MACHINE,
      'isClosed: () => true',
      "isClosed: () => { throw new Error('no hinge') }",
      'CODEGEN_BAD_MACHINE',
      /doorMachine: closed on open throws: .*no hinge/s,
    ],
    [
      MACHINE,
      'context.rings < 3',
      'context.rings >= 0',
      'CODEGEN_BAD_MACHINE',
      /doorMachine: closed on ring leads to ever more states, such as .*rings.*bound its context by a guard/,
    ],
    [
      MACHINE,
      "| { type: 'ring' }",
      "| { type: 'knock' }",
      'CODEGEN_EVENTS_DIFFER',
      /typed but in no transition: knock; in a transition but not typed: ring/,
    ],
    [
      MACHINE,
      'ringBell: command,',
      'ringBell: command, slam: command,',
      'CODEGEN_COMMAND_WITHOUT_PAYLOAD',
      /the command slam has no payload/,
    ],
    [
      'commands.ts',
      'ringBell:',
      'singSong: Lock; ringBell:',
      'CODEGEN_PAYLOAD_WITHOUT_COMMAND',
      /no machine has a transition with the command singSong/,
    ],
    ['records.ts', '@minimum 1', '', 'CODEGEN_BAD_TYPE', /a number needs @minimum and @maximum/],
    ['records.ts', '@minimum 1', '@minimun 1', 'CODEGEN_BAD_TYPE', /unknown tag @minimun/],
    ['records.ts', '@format ipv4', '@format ipv7', 'CODEGEN_BAD_TYPE', /unknown @format ipv7/],
    ['records.ts', 'loud: boolean', 'loud: Date', 'CODEGEN_BAD_TYPE', /no schema can be made from the type Date/],
  ] as const)('%s: %s -> %s', async (file, from, to, code, message) => {
    const error = await refusal(file, from, to);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});
