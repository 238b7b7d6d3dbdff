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

test('a missing right names the remedy', async () => {
  const stderr =
    'iptables-save v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)\n';
  await expect(play({ code: 4, stderr }).iptables.save()).rejects.toMatchObject({
    code: 'IPTABLES_SAVE_FAILED',
    line: undefined,
    message: expect.stringContaining('run as root'),
  });
});
