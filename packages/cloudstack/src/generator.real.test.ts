import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateConfiguration } from './generator.ts';
import { defaultSettings } from './settings.ts';
import { aRule, sourceBased } from './testing/rules.ts';

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
    'stable names and peers',
    [aRule({ stickiness: sourceBased })],
    {
      ...defaultSettings,
      serverNames: 'vm' as const,
      peers: { section: 'lb', peer: 'vr', address: '127.0.0.1', port: 10_000 },
    },
  ],
])('HAProxy accepts %s', async (_, rules, settings) => {
  const path = join(dir, 'haproxy.cfg');
  await writeFile(path, `${generateConfiguration(rules, settings).join('\n')}\n`);
  const { stderr } = await promisify(execFile)('haproxy', ['-c', '-f', path]);
  expect(stderr).not.toContain('[ALERT]');
});
