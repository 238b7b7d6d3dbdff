import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readCertificate } from '@limpet/haproxy';
import { expect, it } from 'vitest';
import { rule } from '../../../testing/rules.ts';
import { readCertificates, whyNotIn } from './certificates.ts';

const fixture = (name: string): Promise<string> =>
  readFile(new URL(`../../../testdata/${name}.pem`, import.meta.url), 'utf8');

it('reads a certificate with its key, in either order, and sends it without blank lines', async () => {
  const [certificate, key] = [await fixture('certificate'), await fixture('key')];
  const found = readCertificate(`${certificate}\r\n\n${key}\n`);
  expect(found).toMatchObject({ ok: true, sha1: expect.stringMatching(/^[0-9A-F]{40}$/) });
  expect(found.ok && found.pem).not.toMatch(/\n\s*\n|\r/);
});

it('has one form for all files that mean the same certificate', async () => {
  const [certificate, key] = [await fixture('certificate'), await fixture('key')];
  const traditional = createPrivateKey(key).export({ type: 'sec1', format: 'pem' }).toString();
  expect(traditional).not.toBe(key);
  const same = [key + certificate, `# a comment\n${certificate}\n${traditional}`, certificate + key + certificate];
  for (const text of same) expect(readCertificate(text)).toEqual(readCertificate(certificate + key));
  const chained = readCertificate(certificate + key + (await fixture('renewed')));
  expect(chained).not.toEqual(readCertificate(certificate + key));
});

it.each<[string, () => Promise<string | undefined>, RegExp]>([
  ['no file', async () => undefined, /no such file/],
  ['rubbish', async () => 'rubbish', /does not hold/],
  ['a certificate without its key', () => fixture('certificate'), /does not hold/],
  [
    'the key of another',
    async () => (await fixture('certificate')) + (await fixture('other-key')),
    /belongs to another/,
  ],
])('says what is wrong with %s', async (_, text, problem) => {
  expect(readCertificate(await text())).toEqual({ ok: false, problem: expect.stringMatching(problem) });
});

it('reads each file once, and names the trouble of one that cannot be opened', async () => {
  const asked: string[] = [];
  const bounds: (number | undefined)[] = [];
  const read = async (path: string, maxBytes?: number): Promise<string | undefined> => {
    asked.push(path);
    bounds.push(maxBytes);
    if (path === '/locked.pem') throw new Error('EACCES: permission denied');
    return undefined;
  };
  const rules = ['/a.pem', '/a.pem', '/locked.pem', undefined].map((certificate) =>
    rule(certificate === undefined ? {} : { certificate }),
  );
  expect([...(await readCertificates({ read }, rules))]).toEqual([
    ['/a.pem', { ok: false, problem: 'there is no such file on the router' }],
    ['/locked.pem', { ok: false, problem: 'EACCES: permission denied' }],
  ]);
  expect(asked).toEqual(['/a.pem', '/locked.pem']);
  expect(bounds).toEqual([1_048_576, 1_048_576]);
});

it('compares a certificate with what a file holds, by its meaning', async () => {
  const [certificate, key, renewed] = await Promise.all(['certificate', 'key', 'renewed'].map(fixture));
  const pem = `${certificate}\n\n${key}`;
  const why = (found: string | undefined, wanted = pem) => whyNotIn('/a.pem', wanted, { read: async () => found });
  expect(await why(`${key}${certificate}`)).toBeUndefined();
  expect(await why(undefined)).toMatch(/^the file cannot be used: there is no such file/);
  expect(await why(`${certificate}${renewed}${key}`)).toMatch(/^the file holds another certificate, or another key/);
  expect(await why(pem, 'x')).toMatch(/^it cannot be used: it does not hold/);
});
