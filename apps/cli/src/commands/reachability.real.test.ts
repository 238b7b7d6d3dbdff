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

it('a rule in force says what else may keep its clients out', async () => {
  const file = fieldCase('c10-packet-filter.yaml');
  await router.limpet('apply', file);
  const { exec } = router.lab;
  const nft = async (...words: string[]) => expect(await exec('nft', words)).toMatchObject({ code: 0 });
  await nft('add', 'table', 'inet', 'other');
  await nft('add', 'chain', 'inet', 'other', 'in', '{ type filter hook input priority 0; }');
  await nft('add', 'rule', 'inet', 'other', 'in', 'tcp', 'dport', '80', 'drop');
  expect(await router.reached('203.0.113.10', 80)).not.toMatch(/^vm/);
  const unknown = `${rule}: it is not known whether all clients get in: nftables stops packets in "inet other", `;
  for (const command of ['verify', 'apply', 'status']) {
    const { code, stdout } = await router.limpet(command, ...(command === 'status' ? [] : [file]));
    expect({ code, stdout }, command).toEqual({ code: 0, stdout: expect.stringContaining(unknown) });
  }
  await nft('delete', 'table', 'inet', 'other');
  expect((await router.limpet('verify', file)).stdout).not.toContain('not known');

  // In c10, the clients are of 198.51.100.0/28; here one network of several is kept out.
  await router.write({ ip: '203.0.113.10', port: 80, members: [{ vm: 'vm-1', ip: '10.1.1.11', port: 80 }] });
  await router.limpet('apply', router.file);
  expect(
    await exec('iptables', '-t raw -A PREROUTING ! -s 198.51.100.32/28 -p tcp --dport 80 -j DROP'.split(' ')),
  ).toMatchObject({ code: 0 });
  const { code, stdout } = await router.limpet('verify', router.file);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining(
      `${rule}: not all clients get in: table raw of iptables-nft drops clients such as `,
    ),
  });
});
