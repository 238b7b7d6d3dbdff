import { expect, it } from 'vitest';
import { keepingAnswers } from './kept-answers.ts';

/** Each run of a program answers with its number. */
function numbered(fails: () => boolean = () => false) {
  let runs = 0;
  const exec = keepingAnswers(async () => {
    runs += 1;
    if (fails()) throw new Error('it cannot be run');
    return { code: 0, stdout: `${runs}`, stderr: '' };
  });
  return async (program: string) => {
    const [file = '', ...args] = program.split(' ');
    return Number((await exec(file, args)).stdout);
  };
}

const change = 'iptables-restore --noflush -w 5';
const filterReads = ['iptables-save -t filter', 'iptables-nft-save', 'iptables-legacy-save'];

it.each([
  'haproxy -vv',
  '/opt/haproxy-2.4/haproxy -vv',
  'ip -json -4 address',
  'ipset save',
  'nft list tables',
  'cat /proc/self/limits',
  'readlink /proc/self/ns/net',
])('asks for good: %s', async (program) => {
  const run = numbered();
  expect(await run(program)).toBe(1);
  await run(change);
  expect(await run(program)).toBe(1);
});

it.each(filterReads)('asks until the packet filter is changed: %s', async (program) => {
  const run = numbered();
  expect([await run(program), await run(program)]).toEqual([1, 1]);
  for (const each of [change, 'iptables -w 5 -D INPUT 1', 'iptables-nft -F', 'iptables-legacy-restore -n']) {
    const before = await run(program);
    await run(each);
    expect(await run(program), each).toBe(before + 2);
  }
});

it('keeps no answer that was given while the packet filter was changed, nor one from before a change that failed', async () => {
  let fails = false;
  const run = numbered(() => fails);
  await Promise.all([run(change), run(filterReads[0]!)]);
  expect(await run(filterReads[0]!)).toBe(3);
  fails = true;
  await expect(run(change)).rejects.toThrow('it cannot be run');
  fails = false;
  expect(await run(filterReads[0]!)).toBe(5);
});

it.each(['ss -Hltnp4', 'haproxy -c -f /c', 'haproxy -D -W -f /c', 'nft list table inet t', 'cat /etc/hosts'])(
  'asks each time: %s',
  async (program) => {
    const run = numbered();
    expect([await run(program), await run(program)]).toEqual([1, 2]);
  },
);
