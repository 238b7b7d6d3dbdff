import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRouterInLab, type RouterInLab } from '../../testing/router-in-lab.ts';

let router: RouterInLab;
beforeEach(async () => {
  router = await openRouterInLab();
});
afterEach(() => router.lab.close());

it('says of rules in force what that does not promise: members not checked yet, and an expired certificate', async () => {
  const certificate = join(router.lab.dir, 'expired.pem');
  const expired = new URL('../../../../packages/router/testdata/expired.pem', import.meta.url);
  await writeFile(certificate, await readFile(expired));
  // HAProxy spreads first checks over the interval: that of the second member is minutes away.
  const healthCheck = { interval: '10m', timeout: '1s' };
  const members = ['10.1.1.11', '10.1.1.12'].map((ip, at) => ({ vm: `vm-${at + 1}`, ip, port: 80 }));
  await router.write(
    { ip: '203.0.113.10', port: 80, healthCheck, members },
    { ip: '203.0.113.50', port: 443, protocol: 'ssl', certificate, members: members.slice(0, 1) },
  );
  const unchecked = /^203\.0\.113\.10:80: 1 member has not been checked yet: vm-2$/m;
  const distrusted = `203.0.113.50:443: clients do not trust its certificate: ${certificate} expired on 2021-01-01`;
  const said = [expect.stringMatching(unchecked), expect.stringContaining(distrusted)];
  const applied = await router.limpet('apply', router.file);
  expect(applied).toMatchObject({ code: 2, stderr: '' });
  for (const each of said) expect(applied.stdout).toEqual(each);
  for (const command of [['status'], ['verify', router.file]]) {
    const ran = await router.limpet(...(command as [string, ...string[]]));
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    for (const each of said) expect(ran.stdout).toEqual(each);
  }
  const status = await router.limpet('status', '-o', 'json');
  expect(JSON.parse(status.stdout)).toMatchObject({
    inForce: true,
    members: [{ up: ['vm-1', 'vm-2'], unchecked: ['vm-2'] }, { up: ['vm-1'] }],
  });
});
