import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LiveHaproxy, openLiveHaproxy } from '../../testing/live-haproxy.ts';
import { readShowInfo } from '../readers/show-info.ts';
import { type Capability, capabilitiesOf } from './capabilities.ts';

let live: LiveHaproxy;

beforeEach(async () => {
  live = await openLiveHaproxy();
});

afterEach(() => live.close());

/** Capabilities that the worker's CLI does not show. */
type ByOtherMeans =
  | 'masterReloadResult'
  | 'failedReloads'
  | 'globalVariables'
  | 'conditionalLines'
  | 'httpClient'
  | 'httpPause';

test('the installed HAProxy can do what is claimed of it, and no more', async () => {
  await live.configure(1, '\nlisten cookies\n  mode http\n  balance roundrobin\n  cookie SRV insert\n');
  await live.haproxy.start();
  const [info] = await live.haproxy.runtime(['show info']);
  const installed = await live.haproxy.version();
  expect(readShowInfo(info!).version).toBe(installed.text);

  const shows: Record<Exclude<Capability, ByOtherMeans>, [command: string, works: RegExp]> = {
    dynamicServers: ['add server raw/new 127.0.0.1:9 check id 99', /^New server registered/],
    dynamicServerCookies: ['add server cookies/new 127.0.0.1:9 cookie a id 98', /^New server registered/],
    waitCommand: ['wait 1ms', /^Done/],
    statsFile: ['dump stats-file', /^#/],
    mapTransactions: [`prepare map ${live.path('stick.map')}`, /^New version created: \d+/],
    sslCertificates: [`new ssl cert ${live.path('new.pem')}`, /^New empty certificate store/],
  };
  const answers = await live.haproxy.runtime(Object.values(shows).map(([command]) => command));
  const works = Object.entries(shows).filter(([, [, expected]], at) => expected.test(answers[at]!));
  const reloaded = await live.haproxy.master('reload').catch(() => '');
  const processes = await live.haproxy.master('show proc');
  const accepts = async (change: { global?: string; http?: string }): Promise<boolean> => {
    const http = ['mode http', 'bind unix@tried.sock', 'timeout client 1s', 'timeout server 1s', 'timeout connect 1s'];
    const sections = [
      ['global', change.global ?? ''],
      ['listen tried', ...http, change.http ?? ''],
    ];
    await writeFile(live.path('tried.cfg'), sections.map((lines) => `${lines.join('\n  ')}\n`).join(''));
    return (await live.haproxy.check(live.path('tried.cfg'))).ok;
  };
  const others: Record<ByOtherMeans, boolean> = {
    masterReloadResult: reloaded.startsWith('Success='),
    failedReloads: processes.includes('[failed: '),
    globalVariables: await accepts({ global: 'set-var proc.started date(0,ms)' }),
    conditionalLines: await accepts({ global: '.if feature(OPENSSL)\n.endif' }),
    httpClient: await accepts({ global: 'httpclient.ssl.verify none' }),
    httpPause: await accepts({ http: 'http-request pause 1ms' }),
  };
  const found = [...works.map(([name]) => name), ...Object.keys(others).filter((name) => others[name as ByOtherMeans])];
  expect(found.sort()).toEqual([...capabilitiesOf(installed).supported].sort());
});
