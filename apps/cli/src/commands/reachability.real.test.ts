import { afterEach, beforeEach, expect, it } from 'vitest';
import { fieldCase, inForceOf, openRouterInLab, type RouterInLab } from '../../testing/router-in-lab.ts';

let router: RouterInLab;
beforeEach(async () => {
  router = await openRouterInLab();
});
afterEach(() => router.lab.close());

const rule = '203.0.113.10:80';
const chain = 'FIREWALL_203.0.113.10';
const firewall = async (...lines: string[]): Promise<void> => {
  for (const line of lines) {
    expect(await router.lab.exec('iptables', ['-t', 'mangle', ...line.split(' ')])).toMatchObject({ code: 0 });
  }
};

it('a rule is in force only when its clients get in (c10)', async () => {
  const file = fieldCase('c10-packet-filter.yaml');
  expect(await router.limpet('apply', file)).toMatchObject({ code: 2, stderr: '' });
  await firewall(
    `-N ${chain}`,
    `-A PREROUTING -d 203.0.113.10/32 -j ${chain}`,
    `-A ${chain} -p tcp -m tcp --dport 22 -j RETURN`,
    `-A ${chain} -m state --state RELATED,ESTABLISHED -j ACCEPT`,
    `-A ${chain} -j DROP`,
  );
  expect(await router.reached('203.0.113.10', 80)).not.toMatch(/^vm/);
  const named = `table mangle of iptables-nft drops clients such as 198.51.100.1: -A PREROUTING -d 203.0.113.10/32 -j ${chain} > -A ${chain} -j DROP`;
  for (const command of ['verify', 'apply', 'plan']) {
    const { code, stdout } = await router.limpet(command, file);
    expect({ code, stdout }, command).toEqual({
      code: { verify: 2, apply: 1, plan: 2 }[command],
      stdout: expect.stringContaining(named),
    });
  }
  const status = await router.limpet('status', '-o', 'json');
  expect(status.code).toBe(2);
  expect(inForceOf(status)).toEqual({ [rule]: 'False Blocked' });

  await firewall(`-I ${chain} -p tcp -m tcp --dport 80 -j RETURN`);
  expect(await router.reached('203.0.113.10', 80)).toMatch(/^vm/);
  expect(await router.limpet('verify', file)).toMatchObject({ code: 0 });
  expect(await router.limpet('apply', file)).toMatchObject({ code: 0 });
});
