import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { fieldCase, inForceOf, openRouterInLab, type RouterInLab } from '../../testing/router-in-lab.ts';

let router: RouterInLab;
beforeEach(async () => {
  router = await openRouterInLab();
});
afterEach(() => router.lab.close());

const address = (action: 'add' | 'del') => router.lab.exec('ip', ['address', action, '203.0.113.50/32', 'dev', 'eth2']);

describe('a rule that was in force and cannot be served now, on a real router', () => {
  it('is told when its address has moved away, and comes back with it (c08)', async () => {
    const file = fieldCase('c08-address-gone.yaml');
    expect(await router.limpet('apply', file)).toMatchObject({ code: 2, stderr: '' });
    await address('del');
    expect((await router.limpet('plan', file)).code).toBe(1);
    const applied = await router.limpet('apply', file);
    expect(applied).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('203.0.113.50:80: AddressNotLocal: ip: 203.0.113.50 is not an address'),
      stderr: 'limpet: NOT_IN_FORCE: 1 of 2 rules are not in force, for the reasons above: 203.0.113.50:80\n',
    });
    expect(await router.reached('203.0.113.10', 80)).toBe('vm-1');
    const verified = await router.limpet('verify', file, '-o', 'json');
    expect(verified.code).toBe(2);
    expect(inForceOf(verified)).toEqual({
      '203.0.113.10:80': 'True Verified',
      '203.0.113.50:80': 'False AddressNotLocal',
    });
    await address('add');
    expect(await router.limpet('apply', file)).toMatchObject({ code: 0, stderr: '' });
    expect(await router.reached('203.0.113.50', 80)).toBe('vm-1');
  });

  const at = (ip: string, change: object = {}) => ({
    ip,
    port: 80,
    members: [{ vm: 'vm-1', ip: '10.1.1.11', port: 80 }],
    ...change,
  });

  it('does not keep the others from a change that needs a reload, with its address away', async () => {
    await router.write(at('203.0.113.10'), at('203.0.113.50'));
    expect((await router.limpet('apply', router.file)).code).toBe(2);
    await address('del');
    await router.write(at('203.0.113.10', { algorithm: 'leastconn' }), at('203.0.113.50'));
    const applied = await router.limpet('apply', router.file, '-o', 'json');
    expect(inForceOf(applied)).toEqual({
      '203.0.113.10:80': 'True Verified',
      '203.0.113.50:80': 'False AddressNotLocal',
    });
    expect(await router.reached('203.0.113.10', 80)).toBe('vm-1');
    await address('add');
    expect((await router.limpet('apply', router.file)).code).toBe(0);
    expect(await router.reached('203.0.113.50', 80)).toBe('vm-1');
  });

  it('goes on while the address of the statistics page is away, also where HAProxy reloads or starts', async () => {
    const write = (algorithm: string, port = 8404) => {
      const statistics = [{ ip: '203.0.113.50', port, cidrs: [], uri: '/s', user: 'u', password: 'secret1' }];
      return writeFile(
        router.file,
        stringify({ settings: { statistics }, rules: [at('203.0.113.10', { algorithm })] }),
      );
    };
    const page = async (): Promise<string> => {
      const url = 'http://203.0.113.50:8404/s';
      return (await router.lab.exec('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', '-u', 'u:secret1', url]))
        .stdout;
    };
    await write('roundrobin');
    expect((await router.limpet('apply', router.file)).code).toBe(2);
    expect(await page()).toBe('200');
    await address('del');
    await write('leastconn', 8405);
    expect((await router.limpet('apply', router.file)).code).toBe(2);
    await write('leastconn');
    expect(await router.limpetBy([], 'apply', router.file)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('settings.statistics[0].ip: 203.0.113.50 is not an address of this router'),
    });
    expect(await router.reached('203.0.113.10', 80)).toBe('vm-1');
    // Its workers end with it.
    await router.lab.exec('kill', ['-KILL', (await readFile(join(router.dir, 'haproxy.pid'), 'utf8')).trim()]);
    await expect.poll(() => router.reached('203.0.113.10', 80)).not.toBe('vm-1');
    expect((await router.limpet('apply', router.file)).code).toBe(2);
    expect(await router.reached('203.0.113.10', 80)).toBe('vm-1');
    await address('add');
    expect(await page()).toBe('200');
  });

  it('is told when its certificate has gone, or is broken', async () => {
    const certificate = join(router.lab.dir, 'site.pem');
    const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
    const pem = await router.lab.exec('openssl', [...make, '-subj', '/CN=site', '-keyout', '-', '-out', '-']);
    await writeFile(certificate, pem.stdout);
    await router.write(at('203.0.113.10'), at('203.0.113.50', { protocol: 'ssl', certificate }));
    expect((await router.limpet('apply', router.file)).code).toBe(2);
    const lost = { '203.0.113.10:80': 'True Verified', '203.0.113.50:80': 'False CertificateUnreadable' };
    await writeFile(certificate, '-----BEGIN CERTIFICATE-----\n');
    expect(inForceOf(await router.limpet('apply', router.file, '-o', 'json'))).toEqual(lost);
    await rm(certificate);
    expect(inForceOf(await router.limpet('apply', router.file, '-o', 'json'))).toEqual(lost);
    await writeFile(certificate, pem.stdout);
    expect((await router.limpet('apply', router.file)).code).toBe(0);
  });

  it('is told when a process gets too few descriptors for it', async () => {
    await router.write(at('203.0.113.10'));
    expect((await router.limpet('apply', router.file)).code).toBe(2);
    const applied = await router.limpetBy(['prlimit', '--nofile=4096:4096'], 'apply', router.file, '-o', 'json');
    expect(applied.code).toBe(1);
    expect(inForceOf(applied)).toEqual({ '203.0.113.10:80': 'False DescriptorBudgetExceeded' });
    expect(await router.reached('203.0.113.10', 80)).toBe('vm-1');
    expect((await router.limpet('apply', router.file)).code).toBe(0);
  });
});
