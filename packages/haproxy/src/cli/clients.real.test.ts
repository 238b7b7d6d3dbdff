import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { certificate } from '../../testing/fixture.ts';
import { freeze } from '../../testing/freeze.ts';
import { type LiveHaproxy, openLiveHaproxy } from '../../testing/live-haproxy.ts';
import { readShowEnv } from '../readers/show-env.ts';
import { readShowInfo } from '../readers/show-info.ts';
import { readShowProc } from '../readers/show-proc.ts';
import { readSslCertificate, readSslCertificates } from '../readers/show-ssl-cert.ts';
import { capabilitiesOf } from '../version/capabilities.ts';
import { readVersion } from '../version/read-version.ts';
import { RuntimeClient } from './runtime-client.ts';

let live: LiveHaproxy;

beforeEach(async () => {
  live = await openLiveHaproxy();
});

afterEach(() => live.close());

const worker = async (): Promise<number> => readShowProc(await live.haproxy.master('show proc')).workers[0]!.pid;
const runtime = (timeoutMs?: number): RuntimeClient =>
  new RuntimeClient({ socketPath: live.path('stats.sock'), ...(timeoutMs === undefined ? {} : { timeoutMs }) });

test('a certificate is replaced at run time by a payload between other commands', async () => {
  const pem = live.path('web.pem');
  await copyFile(fileURLToPath(certificate.url), pem);
  await live.configure(
    1,
    `\nlisten tls\n  bind unix@${live.path('tls.sock')} ssl crt ${pem}\n  server vm1 127.0.0.1:9\n`,
  );
  await live.haproxy.start();
  const set = { command: `set ssl cert ${pem}`, payload: certificate.pem };
  const [version, created, waiting, uncommitted, committed, list, shown, none] = await live.haproxy.runtime([
    'show version',
    set,
    'show ssl cert',
    `show ssl cert *${pem}`,
    `commit ssl cert ${pem}`,
    'show ssl cert',
    `show ssl cert ${pem}`,
    'show ssl cert /none.pem',
  ]);
  expect(created).toBe(`Transaction created for certificate ${pem}!`);
  expect(readSslCertificates(waiting!)).toEqual({ files: [pem], transaction: pem });
  expect(readSslCertificate(uncommitted!)).toMatchObject({ file: pem, transaction: true, status: 'Unused' });
  expect(committed).toMatch(/Success!$/);
  expect(readSslCertificates(list!)).toEqual({ files: [pem] });
  expect(readSslCertificate(shown!)).toMatchObject({ status: 'Used', subject: '/CN=limpet.test' });
  expect(() => readSslCertificate(none!)).toThrowError(/answered "Can't display/);
  expect(capabilitiesOf(readVersion(version!)).supported.has('sslCertificates')).toBe(true);
});

test('without a certificate, and with an empty one', async () => {
  await live.haproxy.start();
  const [none, , list, empty] = await live.haproxy.runtime([
    'show ssl cert',
    'new ssl cert new.pem',
    'show ssl cert',
    'show ssl cert new.pem',
  ]);
  expect([none, list].map((text) => readSslCertificates(text!).files)).toEqual([[], ['new.pem']]);
  expect(readSslCertificate(empty!)).toMatchObject({ file: 'new.pem', status: 'Empty' });
});

test('the longest payload and the longest command are taken whole', async () => {
  await live.haproxy.start();
  const map = live.path('stick.map');
  const longest = `add map ${map} key `;
  const value = 'v'.repeat(16_000 - longest.length);
  const lines: string[] = [];
  while (Buffer.byteLength(`add map ${map} <<\n${lines.join('\n')}\n\n`) < 15_900)
    lines.push(`key${lines.length} source`);
  const [added, filled, shown] = await live.haproxy.runtime([
    longest + value,
    { command: `add map ${map}`, payload: lines.join('\n') },
    `show map ${map}`,
  ]);
  expect([added, filled]).toEqual(['', '']);
  expect(shown?.split('\n')).toHaveLength(1 + 1 + lines.length);
  expect(shown).toContain(` key ${value}`);
});

test('many commands to an old worker and the master go over one connection; a worker that has gone ends it', async () => {
  await live.haproxy.start();
  const pid = await worker();
  const ask = Array.from({ length: 50 }, () => `@!${pid} show env GENERATION`);
  const [version, ...answers] = await live.haproxy.masterBatch(['show version', ...ask]);
  expect(version).toMatch(/^2\.|^3\./);
  expect(answers.map((answer) => readShowEnv(answer).get('GENERATION'))).toEqual(ask.map(() => '1'));
  await expect(live.haproxy.masterBatch(['show version', '@!1 show info', 'show version'])).rejects.toMatchObject({
    code: 'HAPROXY_CLI_TRUNCATED',
    answers: [version],
    unanswered: ['@!1 show info', 'show version'],
  });
});

test('two users at once get their own answers', async () => {
  await live.haproxy.start();
  const map = live.path('stick.map');
  const users = ['a', 'b'].map((name) =>
    Array.from({ length: 300 }, (_, at) => [
      `add map ${map} ${name}${at} ${name}`,
      `get map ${map} ${name}${at}`,
    ]).flat(),
  );
  const answers = await Promise.all(users.map((commands) => runtime().run(commands)));
  for (const [at, name] of ['a', 'b'].entries()) {
    const found = answers[at]!.filter((answer) => answer !== '');
    expect(found).toHaveLength(300);
    expect(found.every((answer) => answer.includes(`value="${name}"`))).toBe(true);
  }
});

test('a worker that hangs is a time-out, and answers again when it goes on', async () => {
  await live.haproxy.start();
  const pid = await worker();
  await freeze(pid);
  try {
    await expect(runtime(100).run(['show info'])).rejects.toMatchObject({
      code: 'HAPROXY_CLI_TIMEOUT',
      answers: [],
      unanswered: ['show info'],
    });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const [info] = await runtime().run(['show info']);
  expect(readShowInfo(info!).pid).toBe(pid);
});

test('a worker that dies in the middle leaves commands unanswered, by name', async () => {
  await live.haproxy.start();
  const pid = await worker();
  await freeze(pid);
  const asked = runtime().run(['show info', 'show stat']);
  const failure = expect(asked).rejects.toMatchObject({
    code: 'HAPROXY_CLI_TRUNCATED',
    answers: [],
    unanswered: ['show info', 'show stat'],
  });
  // Another connection on the same queue: when it times out, the one before it has long been made.
  await expect(runtime(100).run(['show info'])).rejects.toMatchObject({ code: 'HAPROXY_CLI_TIMEOUT' });
  process.kill(pid, 'SIGKILL');
  await failure;
});
