import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databagOf, defaultSettings } from '@limpet/cloudstack';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inForceOf, openRouterInLab, type RouterInLab } from '../../testing/router-in-lab.ts';

let router: RouterInLab;
beforeEach(async () => {
  router = await openRouterInLab();
});
afterEach(() => router.lab.close());

const testdata = (name: string): Promise<string> =>
  readFile(new URL(`../../../../packages/router/testdata/${name}.pem`, import.meta.url), 'utf8');

it("names a databag's certificate while the file of its rule does not hold it, and serves with what the file holds", async () => {
  const name = '203_0_113_10-443';
  const certificate = join(router.lab.dir, `${name}.pem`);
  const queued = databagOf(
    [
      {
        ...{ ip: '203.0.113.10', port: 443, protocol: 'ssl', certificate, algorithm: 'roundrobin', cidrs: [] },
        stickiness: { method: 'none' },
        members: [{ vm: 'vm-10-1-1-11', ip: '10.1.1.11', port: 80, state: 'serving' }],
      },
    ],
    { ...defaultSettings, omit: ['chroot', 'user', 'group'] },
  );
  const [cert, key] = [await testdata('certificate'), await testdata('key')];
  const databag = join(router.lab.dir, 'loadbalancer.json');
  const ssl_certs = [{ name, cert: cert.replaceAll('\n', '\r\n'), key, password: 'secret1' }];
  await writeFile(databag, JSON.stringify({ ...queued, rules: [{ ...queued.rules[0], ssl_certs }] }));
  const apply = async () => {
    const ran = await router.limpet('apply', '--from', databag, '-o', 'json');
    const { notCarriedOut } = JSON.parse(ran.stdout) as { notCarriedOut: string[] };
    return { inForce: inForceOf(ran)['203.0.113.10:443'], notCarriedOut };
  };
  const note = (why: string) => [
    `${databag}: rules[0].ssl_certs[0]: "${name}": ${why}; Limpet reads ${certificate}, and CloudStack's own step writes it (CsLoadBalancer); run that first`,
  ];

  expect(await apply()).toEqual({
    inForce: 'False CertificateUnreadable',
    notCarriedOut: note('the file cannot be used: there is no such file on the router'),
  });
  await writeFile(certificate, await testdata('expired'));
  expect(await apply()).toEqual({
    inForce: 'True Verified',
    notCarriedOut: note('the file holds another certificate, or another key or chain of it'),
  });
  // As CloudStack's step writes it.
  await writeFile(certificate, `${cert}\n${key}\n`);
  expect(await apply()).toEqual({ inForce: 'True Verified', notCarriedOut: [] });
});
