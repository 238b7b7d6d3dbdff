import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limpet } from '../../testing/limpet.ts';

let folder: string;
const inFolder = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-rules-'));
  await writeFile(
    inFolder('wrong.yaml'),
    'rules:\n  - { ip: 10.0.0.300, port: 80, algoritm: source }\n  - { ip: 10.0.0.1 }\n',
  );
  await writeFile(inFolder('plan.json'), '{ "limpetPlan": 1 }');
  await writeFile(inFolder('databag.json'), '{}');
});
afterAll(() => rm(folder, { recursive: true }));

describe('a mistake in what is asked for touches no router', () => {
  it.each(['plan', 'apply', 'diff', 'verify'])(
    'limpet %s says all that is wrong in a rules file, a line each',
    async (command) => {
      const file = inFolder('wrong.yaml');
      const { code, stdout, stderr } = await limpet([command, file]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr.replaceAll(file, 'wrong.yaml')).toBe(
        [
          'limpet: RULES_INVALID: wrong.yaml:2:11: rules[0].ip: expected an IPv4 address, got "10.0.0.300"\n',
          'limpet: RULES_INVALID: wrong.yaml:2:33: rules[0].algoritm: unknown key; did you mean algorithm?\n',
          'limpet: RULES_INVALID: wrong.yaml:3:5: rules[1].port: expected an integer, but it is missing\n',
        ].join(''),
      );
    },
  );

  it.each<[string[], string]>([
    [['plan'], 'limpet: USAGE: give a rules file, or --from with a CloudStack databag'],
    [
      ['plan', 'a.yaml', '--from', 'b.json'],
      'limpet: USAGE: give a rules file (a.yaml) or --from with a CloudStack databag (b.json), not both',
    ],
    [['apply', '/nowhere.yaml'], 'limpet: FILE_NOT_READABLE: cannot read /nowhere.yaml'],
    [['plan', 'plan.json'], 'limpet: USAGE: plan.json is a saved plan; only limpet apply takes one'],
    [['apply', 'plan.json'], 'limpet: PLAN_INVALID: plan.json: plan.dir: expected a string, but it is missing'],
    [['diff', '--from', 'databag.json'], 'limpet: DATABAG_INVALID: databag.json: '],
    [['status', 'rules.yaml'], 'limpet: USAGE: too many arguments'],
  ])('limpet %j is one line on stderr', async (args, message) => {
    const { code, stdout, stderr } = await limpet(
      args.map((arg) => (/^(plan|databag)\.json$/.test(arg) ? inFolder(arg) : arg)),
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.replaceAll(`${folder}/`, '').split('\n')).toEqual([expect.stringContaining(message), '']);
  });
});
