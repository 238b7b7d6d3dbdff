import { readShowProc } from '@limpet/haproxy';
import { describe, expect, it } from 'vitest';
import { asks, clientAddresses, configText, openDataPlane, RULE, reload } from '../../testing/memory-data-plane.ts';

const clients = clientAddresses(20);
const sticky = ['stick-table type ip size 200k expire 30m', 'stick on src'];
const stable = (vms: readonly number[], id: boolean) =>
  vms.map((vm) => `server vm${vm} 10.1.1.${vm}:80 check${id ? ` id ${vm}` : ''}`);

describe('old workers', () => {
  const none = configText({ rule: stable([1, 2], true) });
  const source = configText({ rule: [...sticky, ...stable([1, 2], true)] });
  const twice = clients.flatMap((client) => [client, client]);
  const split = (answers: { ok: boolean; vm?: string }[]) =>
    clients.filter((_, at) => answers[2 * at]?.vm !== answers[2 * at + 1]?.vm);

  it('keep tcp connections under the old policy until they close', async () => {
    const dataPlane = await openDataPlane(2, none);
    const held = await dataPlane.clients.hold(asks(twice));
    const ids = held.map(({ id }) => id);
    await reload(dataPlane, source);
    expect(split(await dataPlane.clients.askHeld(ids))).toEqual(clients);
    expect(split(await dataPlane.clients.ask(asks(twice)))).toEqual([]);
    expect(readShowProc(await dataPlane.haproxy.master('show proc')).oldWorkers).toHaveLength(1);
    await dataPlane.clients.release(ids);
    expect(readShowProc(await dataPlane.haproxy.master('show proc')).oldWorkers).toEqual([]);
  });

  it('close idle http connections at the soft stop', async () => {
    const http = configText({ mode: 'http', rule: stable([1, 2], true) });
    const dataPlane = await openDataPlane(2, http);
    const [held] = await dataPlane.clients.hold(asks(['198.51.100.1'], 'http'));
    const requests = await dataPlane.clients.askHeld([held!.id, held!.id]);
    expect(new Set([held!.answer, ...requests].map((answer) => answer.ok && answer.vm))).toEqual(
      new Set(['vm1', 'vm2']),
    );
    await reload(dataPlane, http);
    expect(await dataPlane.clients.askHeld([held!.id])).toEqual([{ ok: false, error: 'closed' }]);
  });

  it('refuse to shut down the sessions of a server, but not single sessions', async () => {
    const dataPlane = await openDataPlane(2, none);
    const [held] = await dataPlane.clients.hold(asks(['198.51.100.1']));
    const { workers } = readShowProc(await dataPlane.haproxy.master('show proc'));
    const old = `@!${workers[0]!.pid}`;
    await reload(dataPlane, source);
    expect(await dataPlane.haproxy.master(`${old} shutdown sessions server ${RULE}/vm1`)).toBe('Proxy is disabled.');
    const pointer = /^0x\w+/.exec(await dataPlane.haproxy.master(`${old} show sess`))?.[0];
    expect(await dataPlane.haproxy.master(`${old} shutdown session ${pointer}`)).toBe('');
    expect(await dataPlane.clients.askHeld([held!.id])).toEqual([{ ok: false, error: 'closed' }]);
    expect(await dataPlane.haproxy.master(`${old} show sess`)).toBe(
      `Can't find the target PID matching the prefix '${old}'`,
    );
  });

  it('close what is idle for longer than the time-out', async () => {
    const dataPlane = await openDataPlane(2, none);
    const [held] = await dataPlane.clients.hold(asks(['198.51.100.1']));
    await reload(dataPlane, source);
    await dataPlane.clock.sleep(49_999);
    expect((await dataPlane.clients.askHeld([held!.id]))[0]?.ok).toBe(true);
    await dataPlane.clock.sleep(50_000);
    expect((await dataPlane.clients.askHeld([held!.id]))[0]?.ok).toBe(false);
  });
});
