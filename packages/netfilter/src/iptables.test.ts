import { expect, test } from 'vitest';
import { type Exec, Iptables } from './iptables.ts';

/** Plays iptables: answers each call alike, and keeps what it was called with. */
function play(answer: { code: number; stdout?: string; stderr?: string }) {
  const calls: { file: string; args: readonly string[]; input: string | undefined }[] = [];
  const exec: Exec = async (file, args, options) => {
    calls.push({ file, args, input: options?.input });
    return { stdout: '', stderr: '', ...answer };
  };
  return { calls, iptables: new Iptables({ exec }) };
}

test('the three calls wait for the lock where there is one', async () => {
  const { calls, iptables } = play({ code: 0, stdout: '*filter\nCOMMIT\n' });
  expect(await iptables.save()).toBe('*filter\nCOMMIT\n');
  await iptables.restore('*filter\nCOMMIT\n');
  expect(await iptables.run(['-C', 'INPUT', '-j', 'MINE'])).toBe(0);
  expect(calls).toEqual([
    { file: 'iptables-save', args: ['-t', 'filter'], input: undefined },
    { file: 'iptables-restore', args: ['--noflush', '-w', '5'], input: '*filter\nCOMMIT\n' },
    { file: 'iptables', args: ['-w', '5', '-C', 'INPUT', '-j', 'MINE'], input: undefined },
  ]);
});

// As 1.8.9 (nf_tables) prints them.
test.each([
  [
    'iptables-restore v1.8.9 (nf_tables): unknown option "--wat"\nError occurred at line: 2\nTry `iptables-restore -h\'',
    2,
  ],
  ['iptables-restore: line 3 failed: No chain/target/match by that name.\n', 3],
])('a refused text names the line: %j', async (stderr, number) => {
  const lines = ['*filter', '-A X --wat', 'COMMIT', ''];
  await expect(play({ code: 2, stderr }).iptables.restore(lines.join('\n'))).rejects.toMatchObject({
    code: 'IPTABLES_RESTORE_FAILED',
    line: { number, text: lines[number - 1] },
    message: expect.stringContaining(lines[number - 1]!),
  });
});

test('the back end and the lock are chosen', async () => {
  const calls: (readonly string[])[] = [];
  const exec: Exec = async (file, args, options) => {
    calls.push([file, ...args, ...(options?.input === undefined ? [] : [options.input])]);
    return { code: 0, stdout: '', stderr: '' };
  };
  const iptables = new Iptables({ exec, backend: 'legacy', lockSeconds: 2 });
  await iptables.save('nat', { counters: true });
  await iptables.replaceChain({ table: 'nat', chain: 'MINE', rules: ['-j RETURN'] });
  await iptables.run(['-L']);
  expect(calls).toEqual([
    ['iptables-legacy-save', '-t', 'nat', '-c'],
    ['iptables-legacy-restore', '--noflush', '-w', '2', '*nat\n:MINE - [0:0]\n-A MINE -j RETURN\nCOMMIT\n'],
    ['iptables-legacy', '-w', '2', '-L'],
  ]);
});

test.each([
  ['iptables v1.8.9 (nf_tables)\n', { version: '1.8.9', backend: 'nft' }],
  ['iptables v1.8.9 (legacy)\n', { version: '1.8.9', backend: 'legacy' }],
  ['iptables v1.6.2\n', { version: '1.6.2', backend: 'legacy' }],
])('%j is understood', async (stdout, version) => {
  expect(await play({ code: 0, stdout }).iptables.version()).toEqual(version);
});

test('what is no iptables is said to be none', async () => {
  await expect(play({ code: 0, stdout: 'BusyBox v1.35\n' }).iptables.version()).rejects.toMatchObject({
    code: 'IPTABLES_VERSION',
  });
});

test('a program that is not there is an error that says so', async () => {
  const exec: Exec = () => Promise.reject(new Error('spawn iptables-save ENOENT'));
  await expect(new Iptables({ exec }).save()).rejects.toMatchObject({
    code: 'IPTABLES_NOT_RUN',
    message: expect.stringMatching(/iptables-save cannot be run .*is iptables installed/),
  });
});

// As 1.8.9 (legacy) prints it.
test('a lock that somebody else holds is an error of its own, of every call that takes it', async () => {
  const stderr =
    "Can't lock /run/xtables.lock: Resource temporarily unavailable\nAnother app is currently holding the xtables lock. Stopped waiting after 1s.\n";
  const { iptables } = play({ code: 4, stderr });
  const locked = { code: 'IPTABLES_LOCKED', message: expect.stringContaining('/run/xtables.lock') };
  await expect(iptables.restore('*filter\nCOMMIT\n')).rejects.toMatchObject(locked);
  await expect(iptables.run(['-A', 'X'])).rejects.toMatchObject(locked);
});

test('a missing right names the remedy', async () => {
  const stderr =
    'iptables-save v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)\n';
  await expect(play({ code: 4, stderr }).iptables.save()).rejects.toMatchObject({
    code: 'IPTABLES_SAVE_FAILED',
    line: undefined,
    message: expect.stringContaining('run as root'),
  });
});
