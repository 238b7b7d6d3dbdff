import { createVirtualClock } from '@limpet/data-plane';
import { expect, it } from 'vitest';
import { ip, openAgent, vms } from '../../testing/agents.ts';
import { reportTo } from './report-to-manager.ts';
import { serviceManager } from './service-manager.ts';

const env = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '60000000', WATCHDOG_PID: '7' };

/** A service manager that waits a minute, and what it is told. */
function open(code = 0) {
  const said: string[] = [];
  const warned: unknown[] = [];
  const clock = createVirtualClock(0);
  const manager = serviceManager(env, 7, async (program, words) => {
    said.push([program, ...words].join(' '));
    return { code, stdout: '', stderr: 'Failed to notify\n' };
  })!;
  let since: number | undefined;
  const watched = { clock, busySince: () => since, log: { warn: (fields: unknown) => void warned.push(fields) } };
  const hang = (from: number | undefined) => {
    since = from;
  };
  return { report: reportTo(manager, watched), clock, said, warned, hang };
}
const alive = 'systemd-notify WATCHDOG=1';

it('says when it is ready, that it is alive until it stops, and when it stops', async () => {
  const { report, clock, said } = open();
  await clock.sleep(60_000);
  expect(said).toEqual([]);
  await report.ready();
  expect(said).toEqual(['systemd-notify READY=1 STATUS=The last good state is in force.']);
  for (let quarter = 0; quarter < 3; quarter++) await clock.sleep(15_000);
  expect(said.slice(1)).toEqual([alive, alive, alive]);
  await report.stopping();
  await clock.sleep(60_000);
  expect(said.slice(4)).toEqual(['systemd-notify STOPPING=1 STATUS=Stopping; HAProxy goes on.']);
});

it('says nothing while a round hangs, and goes on when it has ended', async () => {
  const { report, clock, said, warned, hang } = open();
  await report.ready();
  hang(0);
  await clock.sleep(15_000);
  expect(said.slice(1)).toEqual([alive]);
  for (let quarter = 0; quarter < 8; quarter++) await clock.sleep(15_000);
  expect(said.slice(1)).toEqual([alive]);
  expect(warned).toContainEqual({ since: '1970-01-01T00:00:00.000Z' });
  hang(undefined);
  await clock.sleep(15_000);
  expect(said.slice(1)).toEqual([alive, alive]);
});

it('is told by the router of a round that hangs, as when HAProxy answers nothing', async () => {
  const { agent, dataPlane, ask, close } = await openAgent();
  const busySince = () => agent.driver.router.current.busySince();
  expect(busySince()).toBeUndefined();
  const { haproxy } = dataPlane;
  const running = haproxy.running.bind(haproxy);
  let answer = (): void => {};
  const hangs = new Promise<void>((resolve) => {
    answer = resolve;
  });
  haproxy.running = () => hangs.then(running);
  const put = ask('PUT', `/v1/rules/${ip}:80`, { members: vms }, { 'if-none-match': '*' });
  await expect.poll(busySince).toBe(dataPlane.clock.now());
  answer();
  expect((await put).status).toBe(201);
  await close();
});

it('logs what the service manager could not be told', async () => {
  const { report, warned } = open(1);
  await report.stopping();
  expect(warned).toEqual([
    { why: 'Failed to notify', assignments: ['STOPPING=1', 'STATUS=Stopping; HAProxy goes on.'] },
  ]);
});

it('has a service manager where one waits, and a watchdog where one is for this process', async () => {
  const exec = async () => ({ code: 0, stdout: '', stderr: '' });
  const watchdog = (change: object, pid = 7) => serviceManager({ ...env, ...change }, pid, exec)?.watchdogMs;
  expect(serviceManager({}, 7, exec)).toBeUndefined();
  expect(watchdog({})).toBe(60_000);
  expect(watchdog({ WATCHDOG_PID: undefined }, 8)).toBe(60_000);
  expect(watchdog({}, 8)).toBeUndefined();
  expect(watchdog({ WATCHDOG_USEC: undefined })).toBeUndefined();
});
