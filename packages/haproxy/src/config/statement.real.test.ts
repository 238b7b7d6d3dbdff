import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { certificate } from '../../testing/fixture.ts';
import { type LiveHaproxy, openLiveHaproxy } from '../../testing/live-haproxy.ts';
import { readShowEnv } from '../readers/show-env.ts';
import type { Section } from './file.ts';
import { parseConfig } from './parse.ts';
import { renderConfig } from './render.ts';
import { readStatement, statementLine, unknownLines } from './statement.ts';
import { line, quoted, token } from './write.ts';

let live: LiveHaproxy;

beforeEach(async () => {
  live = await openLiveHaproxy();
});

afterEach(() => live.close());

/** All that a rule of a load balancer needs, and more. */
const everything = `global
  user root
  log /dev/log local0 notice
  maxconn 1000
  nbthread 1
  hard-stop-after 30s
  tune.bufsize 16384
  ssl-default-bind-options no-sslv3 no-tls-tickets
  stats timeout 30s
defaults d
  mode http
  retries 3
  option redispatch
  no option http-keep-alive
  timeout connect 5s
  timeout client 50000
  timeout server 50s
  timeout http-keep-alive 1500ms
  timeout http-request 15s
  timeout queue 1m
  timeout tunnel 1h
listen cookies from d
  bind 127.0.0.1:28941,127.0.0.1:28942 name two maxconn 20
  bind unix@/tmp/limpet-check.sock mode 600 accept-proxy
  cookie SRV insert indirect nocache postonly httponly secure dynamic domain .example.org maxidle 30m maxlife 8h attr "SameSite=None"
  dynamic-cookie-key secret
  balance leastconn
  fullconn 100
  maxconn 50
  option httpchk
  option forwardfor except 127.0.0.1
  http-check send meth GET uri /health ver HTTP/1.1 hdr Host www.example.org
  http-check expect status 200-299
  acl local src 10.0.0.0/8 192.168.0.0/16
  tcp-request connection reject unless local
  http-request set-header X-Note "with \\"blank\\" and # \\$sign"
  http-request deny deny_status 403 if local METH_POST
  default-server inter 2s fall 3 rise 2
  server vm1 127.0.0.1:9 id 1 cookie a check weight 10 maxconn 5
  server vm2 127.0.0.1:9 id 2 backup send-proxy
  server-template slot 3-5 127.0.0.1:9 check disabled
listen sticky from d
  bind 127.0.0.1:28943 ssl crt CERTIFICATE alpn h2,http/1.1
  balance source
  hash-type consistent sdbm avalanche
  stick-table type string len 52 size 200k expire 3h nopurge peers lb store gpc0,conn_rate(10s)
  stick match req.cook(JSESSIONID)
  stick store-response res.cook(JSESSIONID)
  stick store-request req.cook(JSESSIONID) if { req.cook(JSESSIONID) -m found }
  server vm1 127.0.0.1:9 id 1 ssl verify none
frontend stats from d
  bind 127.0.0.1:28944
  stats enable
  stats uri /admin
  stats realm Haproxy\\ Statistics
  stats auth admin:secret
  stats hide-version
  default_backend sorry
backend sorry from d
  server none 127.0.0.1:9
`;

test('what is known is accepted by HAProxy, as it is and written anew from its parts', async () => {
  const file = parseConfig(everything.replace('CERTIFICATE', fileURLToPath(certificate.url)));
  expect(unknownLines(file)).toEqual([]);
  const again: Section[] = file.sections.map((section) => ({
    ...section,
    lines: section.lines.map((line) => statementLine(readStatement(line))),
  }));
  const path = live.path('everything.cfg');
  for (const sections of [file.sections, again]) {
    const peers = 'peers lb\n  peer vr 127.0.0.1:28945\n';
    await writeFile(path, `${renderConfig({ sections })}${peers}`.replace('global\n', 'global\n  localpeer vr\n'));
    expect(await live.haproxy.check(path)).toEqual({ ok: true });
  }
});

test('any word in quotes reaches HAProxy as it is', async () => {
  const text = fc.oneof(
    fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'ab \\"\'#x41$nrt{}[]%;~é€'.split('')) }),
    fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }).filter((value) => !/\p{Cc}/u.test(value)),
  );
  const words = fc.sample(text, { numRuns: 1000, seed: 9583 });
  const lines = words.map((word, at) => `  ${line('setenv', `W${at}`, quoted(word)).text}\n`);
  await live.configure(1, `\nglobal\n${lines.join('')}`);
  await live.haproxy.start();
  const answers = await live.haproxy.runtime(words.map((_, at) => `show env W${at}`));
  expect(answers.map((answer, at) => readShowEnv(answer).get(`W${at}`))).toEqual(words);
});

test('a word that is on the allow-list is one word for HAProxy', async () => {
  const unit = fc.constantFrom(...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)));
  const words = fc.sample(fc.string({ minLength: 1, maxLength: 3, unit }), { numRuns: 20_000, seed: 9583 });
  const safe = [...new Set(words)].filter((word) => {
    try {
      return token(word) === word;
    } catch {
      return false;
    }
  });
  expect(safe.length).toBeGreaterThan(1000);
  const lines = safe.map((word, at) => `  ${line('setenv', `W${at}`, word).text}\n`);
  await live.configure(1, `\nglobal\n${lines.join('')}`);
  expect(await live.haproxy.check(live.path('haproxy.cfg'))).toEqual({ ok: true });
  await live.haproxy.start();
  const answers = await live.haproxy.runtime(safe.map((_, at) => `show env W${at}`));
  expect(answers.map((answer, at) => readShowEnv(answer).get(`W${at}`))).toEqual(safe);
});
