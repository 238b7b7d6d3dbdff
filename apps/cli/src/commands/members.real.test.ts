import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fieldCase, inForceOf, openRouterInLab, type RouterInLab } from '../../testing/router-in-lab.ts';

const program = fileURLToPath(new URL('../../testing/demanding-server.ts', import.meta.url));
const file = fieldCase('c23-health.yaml');

let router: RouterInLab;
beforeEach(async () => {
  router = await openRouterInLab();
});
afterEach(() => router.lab.close());

/** A member on the router itself, where a test can tell it what to answer. */
async function member(ip: string): Promise<(status: number) => Promise<void>> {
  await router.lab.exec('ip', ['address', 'add', `${ip}/32`, 'dev', 'lo']);
  const server = router.lab.spawn(process.execPath, [program, ip, '8008']);
  await once(server.stdout!, 'data');
  return async (status) => {
    const { code } = await router.lab.exec('curl', [
      '-s',
      '-o',
      '/dev/null',
      '-X',
      'PUT',
      `http://${ip}:8008/${status}`,
    ]);
    expect(code).toBe(0);
  };
}

const status = async () => {
  const ran = await router.limpet('status', '-o', 'json');
  const { members } = JSON.parse(ran.stdout) as { members: { up: string[]; down: { vm: string; answer: string }[] }[] };
  return { code: ran.code, inForce: inForceOf(ran), members };
};
const names = (members: Awaited<ReturnType<typeof status>>['members']) =>
  members.map(({ up, down }) => [up, down.map(({ vm, answer }) => `${vm} ${answer}`)]);

it('says of a rule how many members are up, and why the others are not (c23)', async () => {
  const [first, second] = [await member('10.1.1.11'), await member('10.1.1.12')];
  expect(await router.limpet('apply', file)).toMatchObject({ code: 2, stderr: '' });
  const both = { '203.0.113.10:80': 'True Verified', '203.0.113.10:81': 'True Verified' };
  const well = [['vm-1', 'vm-2'], []];
  await expect.poll(async () => names((await status()).members)).toEqual([well, well]);

  await second(500);
  const half = [['vm-1'], [expect.stringMatching(/^vm-2 L7STS 500: /)]];
  await expect.poll(async () => names((await status()).members)).toEqual([half, half]);
  expect(await status()).toMatchObject({ code: 0, inForce: both });
  expect((await router.limpet('verify', file)).stdout).toMatch(/^203\.0\.113\.10:80: vm-2 is down: L7STS 500: /m);

  await first(404);
  const none = [[], [expect.stringMatching(/^vm-1 L7STS 404: /), expect.stringMatching(/^vm-2 L7STS 500: /)]];
  await expect.poll(async () => names((await status()).members)).toEqual([none, none]);
  for (const [command, code] of [
    ['status', 2],
    ['verify', 2],
    ['apply', 1],
  ] as const) {
    const ran = await router.limpet(command, ...(command === 'status' ? [] : [file]));
    expect({ code: ran.code, stdout: ran.stdout }, command).toEqual({
      code,
      stdout: expect.stringMatching(
        /^203\.0\.113\.10:80: NoMemberUp: clients are not served: 0 of 2 members are up; 2 are down: vm-1 \(L7STS 404/m,
      ),
    });
  }

  await first(200);
  await second(204);
  await expect.poll(async () => names((await status()).members)).toEqual([well, well]);
  expect((await router.limpet('apply', file)).code).toBe(0);
});
