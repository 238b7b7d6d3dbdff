import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRealDataPlane, systemClock } from '@limpet/data-plane';
import { compileConfig } from '@limpet/data-plane/memory';
import { capabilitiesOf, haproxyBinary, readVersion } from '@limpet/haproxy';
import { borrowLab, type Lab } from '@limpet/lab';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anyRules } from '../../../testing/arbitrary-rules.ts';
import { rendered } from '../../../testing/rendered.ts';
import { checkSettings } from './check-settings.ts';
import { routerPaths } from './paths.ts';
import { waitScript } from './resync-wait.ts';
import { defaultSettings } from './settings.ts';

const ip = '10.0.53.2';
const statistics = [{ ip, port: 8404, cidrs: [], uri: '/admin?stats', user: 'admin', password: 'a"b\\c$d#e' }];

let lab: Lab;
beforeAll(async () => {
  lab = await borrowLab({ publicIps: [ip] });
});
afterAll(() => lab.close());

it('HAProxy, and the one in memory, accept without a warning whatever rules are written', async () => {
  const paths = routerPaths(lab.dir);
  const certificate = join(lab.dir, 'site.pem');
  const [key, own] = [join(lab.dir, 'key.pem'), join(lab.dir, 'own.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=a'];
  await lab.exec('openssl', [...request, '-keyout', key, '-out', own]);
  const pem = (await lab.exec('cat', [own, key])).stdout;
  await writeFile(paths.certificate(certificate), pem);
  const haproxy = capabilitiesOf(readVersion((await lab.exec(haproxyBinary(), ['-vv'])).stdout));
  await fc.assert(
    fc.asyncProperty(anyRules(ip, certificate, 25), async (rules) => {
      const { text: config, stickMap } = rendered(rules, {
        paths,
        settings: { statistics, dhParamBits: 2048 },
        haproxy,
      });
      await writeFile(paths.stickMap, stickMap);
      await writeFile(paths.waitScript, waitScript);
      await writeFile(paths.candidate, config);
      const { code, stderr, stdout } = await lab.exec(haproxyBinary(), ['-c', '-f', paths.candidate]);
      // Since 3.0 it says nothing.
      const said = `${stdout}${stderr}`.replace(/^Configuration file is valid\n$/, '');
      expect({ code, said }, config).toEqual({ code: 0, said: '' });
      const texts = new Map([
        [paths.stickMap, stickMap],
        [paths.certificate(certificate), pem],
      ]);
      expect(compileConfig(config, (path) => texts.get(path), haproxy)).toMatchObject({ ok: true });
    }),
    { numRuns: 60 },
  );
});

it.each([
  ['ciphers', 'nonsense', /settings\.tls.*cipher/i],
  ['ciphersuites', 'nonsense', /settings\.tls.*cipher/i],
  ['ciphers', 'ECDHE+AESGCM', undefined],
])('refuses settings whose TLS %s are %s while no rule uses them', async (field, value, problem) => {
  const { exec, dir } = lab;
  const dataPlane = createRealDataPlane({ exec, spawn: lab.spawn, dir, clock: systemClock });
  const haproxy = capabilitiesOf(await dataPlane.haproxy.version());
  const settings = { ...defaultSettings, tls: { [field]: value } };
  const verdict = checkSettings(dataPlane, routerPaths(dir), settings, haproxy).then(
    () => undefined,
    (error: Error) => error,
  );
  expect(await verdict).toEqual(
    problem && expect.objectContaining({ code: 'ROUTER_SETTINGS_INVALID', message: expect.stringMatching(problem) }),
  );
});
