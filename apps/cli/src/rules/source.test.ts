import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fieldCase } from '../../testing/router-in-lab.ts';
import { readRules } from './source.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'limpet-'));
});
afterEach(() => rm(dir, { recursive: true }));

const peers = '[{ name: r-5-VM, ip: 10.1.1.2 }, { name: r-6-VM, ip: 10.1.1.3 }]';

const settingsOf = async (pair: string, ...set: string[]) => {
  const file = join(dir, 'rules.yaml');
  await writeFile(file, `settings: { pair: ${pair} }\nrules: []\n`);
  return (await readRules({ file, set })).settings;
};

it('lets both routers of a pair have one file, and says by an option which one this is', async () => {
  expect((await settingsOf(`{ peers: ${peers} }`, 'pair.self=r-6-VM')).pair).toEqual({
    self: 'r-6-VM',
    peers: [
      { name: 'r-5-VM', ip: '10.1.1.2' },
      { name: 'r-6-VM', ip: '10.1.1.3' },
    ],
  });
});

it.each([
  [`{ peers: ${peers} }`, [], /^settings\.pair\.self: expected a string, but it is missing/],
  ['{ self: r-5-VM }', [], /^settings\.pair\.peers: expected an array, but it is missing/],
  [`{ self: r-5-VM, peers: ${peers} }`, ['pair.self=r-7-VM'], /^settings\.pair\.self: expected the name of one of the/],
])('refuses what does not fit together, by the name of the field: %s %j', async (pair, set, problem) => {
  await expect(settingsOf(pair, ...set)).rejects.toThrow(
    expect.objectContaining({ code: 'ROUTER_SETTINGS_INVALID', message: expect.stringMatching(problem) }),
  );
});

it('says which option takes the file, when it is of the other kind', async () => {
  const [databag, rules] = [fieldCase('c28-simulate-cidr.json'), join(dir, 'rules.yaml')];
  await writeFile(rules, '# ours\n\nrules: []\n');
  const problem = (message: string) => expect.objectContaining({ code: 'USAGE', message });
  await expect(readRules({ file: databag })).rejects.toThrow(
    problem(`${databag} is a CloudStack databag; give it with --from`),
  );
  await expect(readRules({ from: rules })).rejects.toThrow(problem(`${rules} is a rules file; give it without --from`));
  expect((await readRules({ from: databag })).rules).not.toEqual([]);
  expect((await readRules({ file: rules })).rules).toEqual([]);
});
