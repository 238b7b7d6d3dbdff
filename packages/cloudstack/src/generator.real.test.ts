import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aMember, appCookie, aRule, lbCookie, sourceBased } from '../testing/rules.ts';
import { generateConfiguration } from './generator.ts';
import { defaultSettings } from './settings.ts';

const run = promisify(execFile);
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'limpet-cloudstack-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it.each([
  ['no rule', [], defaultSettings],
  [
    'each kind of line',
    [
      aRule({ stickiness: sourceBased, cidrs: ['10.0.0.0/8', '1.1.1.1/32'] }),
      aRule({ port: 80, algorithm: 'leastconn' }),
      aRule({ port: 81, members: [], algorithm: 'source' }),
    ],
    {
      ...defaultSettings,
      stats: { ip: '10.0.53.2', port: 8081, uri: '/admin?stats', auth: 'admin1:AdMiN123', sourceCidrs: '0/0' },
    },
  ],
  [
    'what a rule can say when it says all',
    [
      aRule({ stickiness: { ...lbCookie, indirect: true, nocache: true, domains: ['.a.org', 'b.org'] } }),
      aRule({ port: 81, stickiness: { ...lbCookie, mode: 'rewrite', postonly: true } }),
      aRule({ port: 82, stickiness: { ...lbCookie, mode: 'prefix' } }),
      aRule({ port: 83, stickiness: { ...appCookie, requestLearn: true } }),
      aRule({ port: 84, protocol: 'tcp-proxy', timeouts: { clientMs: 9 }, maxConnections: 7 }),
      aRule({
        port: 85,
        protocol: 'http',
        healthCheck: { path: '/up', intervalMs: 5000, timeoutMs: 900, healthyThreshold: 2, unhealthyThreshold: 3 },
        members: [aMember('10.1.1.11', { weight: 7 }), aMember('10.1.1.12', { state: 'draining' })],
      }),
    ],
    {
      ...defaultSettings,
      appCookie: 'stick-table' as const,
      limits: 'rule' as const,
      memberStates: true,
      protocolFromPort: false,
    },
  ],
  [
    'stable names and peers',
    [aRule({ stickiness: sourceBased })],
    {
      ...defaultSettings,
      serverNames: 'vm' as const,
      peers: { section: 'lb', peer: 'vr', address: '127.0.0.1', port: 10_000 },
    },
  ],
])('HAProxy accepts %s', async (_, rules, settings) => {
  expect(await checkConfig(generateConfiguration(rules, settings))).not.toContain('[ALERT]');
});

it('HAProxy accepts TLS with a certificate', async () => {
  const certificate = join(dir, 'rule.pem');
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=limpet.test', '-days', '2'];
  await run('openssl', [...request, '-keyout', `${certificate}.key`, '-out', `${certificate}.crt`]);
  const parts = await Promise.all(['crt', 'key'].map((part) => readFile(`${certificate}.${part}`, 'utf8')));
  await writeFile(certificate, parts.join(''));
  const rules = [aRule({ protocol: 'ssl', certificate })];
  expect(await checkConfig(generateConfiguration(rules, defaultSettings))).not.toContain('[ALERT]');
});

it('HAProxy refuses AppCookie as CloudStack writes it (apache/cloudstack#3253)', async () => {
  const rules = [aRule({ stickiness: appCookie })];
  await expect(checkConfig(generateConfiguration(rules, defaultSettings))).rejects.toThrow(/appsession/);
});

/** What `haproxy -c` says; rejects with it when the file is refused. */
async function checkConfig(elements: readonly string[]): Promise<string> {
  const path = join(dir, 'haproxy.cfg');
  await writeFile(path, `${elements.join('\n')}\n`);
  return (await run(process.env.LIMPET_HAPROXY || 'haproxy', ['-c', '-f', path])).stderr;
}
