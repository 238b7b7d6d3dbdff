import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LiveHaproxy, openLiveHaproxy } from '../../testing/live-haproxy.ts';
import { readShowInfo } from '../readers/show-info.ts';
import { type Capability, capabilitiesOf } from './capabilities.ts';

let live: LiveHaproxy;

beforeEach(async () => {
  live = await openLiveHaproxy();
});

afterEach(() => live.close());

test('the installed HAProxy can do what is claimed of it, and no more', async () => {
  await live.configure(1, '\nlisten cookies\n  mode http\n  balance roundrobin\n  cookie SRV insert\n');
  await live.haproxy.start();
  const [info] = await live.haproxy.runtime(['show info']);
  const installed = await live.haproxy.version();
  expect(readShowInfo(info!).version).toBe(installed.text);

  const shows: Record<Exclude<Capability, 'masterReloadResult'>, [command: string, works: RegExp]> = {
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
  const found = [...works.map(([name]) => name), ...(reloaded.startsWith('Success=') ? ['masterReloadResult'] : [])];
  expect(found.sort()).toEqual([...capabilitiesOf(installed).supported].sort());
});
