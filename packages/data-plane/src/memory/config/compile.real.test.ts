import { writeFile } from 'node:fs/promises';
import { haproxyBinary } from '@limpet/haproxy';
import { borrowLab, type Lab } from '@limpet/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileConfig } from './compile.ts';

const PUBLIC = '203.0.113.1';

describe('compileConfig', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await borrowLab({ publicIps: [PUBLIC] });
  });
  afterAll(() => lab.close());

  it('refuses the configs that haproxy -c refuses', async () => {
    const path = `${lab.dir}/check.cfg`;
    const listen = (...lines: string[]) =>
      ['listen a', ' bind 127.0.0.1:80', ...lines.map((line) => ` ${line}`), ''].join('\n');
    const cases: [text: string, accepted: boolean][] = [
      [listen('server x 10.0.0.1:80'), true],
      [listen('bogus'), false],
      [listen('option forceclose'), false],
      [listen('option bogus'), false],
      [listen('appsession JSESSIONID len 52 timeout 3h'), false],
      [listen('server x 10.0.0.1:80', 'server x 10.0.0.2:80'), false],
      [listen('server x 10.0.0.1:80 id 5', 'server y 10.0.0.2:80 id 5'), false],
      [listen('server x 10.0.0.1:80 id 0'), false],
      [listen('server x 10.0.0.1:80 bogus'), false],
      [listen('balance RoundRobin'), false],
      [listen('stick-table type ip size 200k expire 30m', 'stick on src'), true],
      ...['0', '0k', '-1', '200x', '4g', '400g'].map((size): [string, boolean] => [
        listen(`stick-table type ip size ${size} expire 30m`),
        false,
      ]),
      ...['30x', '25d', '99d'].map((expire): [string, boolean] => [
        listen(`stick-table type ip size 200k expire ${expire}`),
        false,
      ]),
      [listen('stick-table type ip size 200k expire 24d'), true],
      [listen('stick-table type ip size 1k', 'stick-table type ip size 1k'), false],
      [listen('stick-table type ip size 1k peers nobody'), false],
      [listen('stick on src'), false],
      [listen('stick-table type ip size 1k', 'stick on src if nobody'), false],
      [
        listen('stick-table type ip size 1k', 'stick on src if { be_name,map_str(/nowhere,none) -m str source }'),
        false,
      ],
      [listen('acl ok src 10.0.0.0/8 11.0.0.0/8', 'tcp-request connection reject if !ok'), true],
      [listen('acl ok src 10.0.0.0/8,11.0.0.0/8', 'tcp-request connection reject if !ok'), false],
      [listen('tcp-request connection reject if !ok'), false],
      [listen('mode http', 'cookie LB insert indirect nocache dynamic', 'dynamic-cookie-key abc'), true],
      [listen('mode http', 'cookie LB rewrite dynamic', 'dynamic-cookie-key abc'), true],
      [listen('mode http', 'cookie LB insert prefix'), false],
      [listen('mode http', 'cookie LB rewrite indirect'), false],
      [listen('mode http', 'cookie LB insert domain'), false],
      [listen('mode http', 'cookie LB bogus'), false],
      [listen('mode http', 'cookie'), false],
      [listen('mode http', 'stick-table type string len 52 size 1k', 'stick match req.cook(a)'), true],
      [listen('mode http', 'stick-table type string size 1k', 'stick store-response res.cook(a)'), true],
      [listen('mode http', 'stick-table type string size 1k', 'stick bogus req.cook(a)'), false],
      [listen('bind 127.0.0.1:81 ssl crt /nowhere.pem'), false],
      [listen('option httpchk GET "/health?a=1&b=~x"', 'timeout check 5s'), true],
      [listen('default-server check inter 5s rise 2 fall 3 send-proxy check-send-proxy'), true],
      [listen('bind 203.0.113.99:80'), true],
      [listen() + listen(), false],
      [`global\n bogus\n${listen()}`, false],
      ['bogus\n', false],
    ];
    for (const [text, accepted] of cases) {
      await writeFile(path, text);
      const { code } = await lab.exec(haproxyBinary(), ['-c', '-f', path]);
      expect([text, code === 0, compileConfig(text, () => undefined).ok]).toEqual([text, accepted, accepted]);
    }
  });
});
