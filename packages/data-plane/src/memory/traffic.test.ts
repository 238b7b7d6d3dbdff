import { describe, expect, it } from 'vitest';
import {
  asks,
  CONFIG,
  clientAddresses,
  configText,
  moved,
  openDataPlane,
  PORT,
  PUBLIC,
  RULE,
  reload,
  shuffled,
  whoAnswers,
} from '../../testing/memory-data-plane.ts';

const clients = clientAddresses(20);
const sticky = ['stick-table type ip size 200k expire 30m', 'stick on src'];
const stable = (vms: readonly number[], id: boolean) =>
  vms.map((vm) => `server vm${vm} 10.1.1.${vm}:80 check${id ? ` id ${vm}` : ''}`);

describe('the stickiness map', () => {
  const rule = [
    'stick-table type ip size 200k expire 30m peers lb',
    'stick on src if { be_name,map_str(/run/stick.map,none) -m str source }',
    ...stable([1, 2], true),
  ];
  const text = configText({ peers: true, rule });
  const once = ['198.51.100.1', '198.51.100.1', '198.51.100.1', '198.51.100.1'];

  async function distinct(dataPlane: Awaited<ReturnType<typeof openDataPlane>>): Promise<number> {
    const answers = await dataPlane.clients.ask(asks(once));
    return new Set(answers.map((answer) => answer.ok && answer.vm)).size;
  }

  it('switches without a reload, and is lost at a reload unless it is written', async () => {
    const dataPlane = await openDataPlane(2);
    await dataPlane.files.write(CONFIG, text);
    await dataPlane.files.write('/run/stick.map', `${RULE} none\n`);
    await dataPlane.haproxy.start(CONFIG);
    expect(await distinct(dataPlane)).toBe(2);
    expect(await dataPlane.haproxy.runtime([`set map /run/stick.map ${RULE} source`])).toEqual(['']);
    expect(await distinct(dataPlane)).toBe(1);
    await dataPlane.haproxy.signalReload();
    expect(await distinct(dataPlane)).toBe(2);
    await dataPlane.files.write('/run/stick.map', `${RULE} source\n`);
    await dataPlane.haproxy.signalReload();
    expect(await distinct(dataPlane)).toBe(1);
  });

  it('takes no effect on a proxy that is not in it', async () => {
    const dataPlane = await openDataPlane(2);
    await dataPlane.files.write(CONFIG, text);
    await dataPlane.files.write('/run/stick.map', '');
    await dataPlane.haproxy.start(CONFIG);
    expect(await distinct(dataPlane)).toBe(2);
  });
});

describe('a frontend', () => {
  it('that is disabled or shut down refuses clients and keeps connections; a reload brings it back', async () => {
    const dataPlane = await openDataPlane(2, configText({ rule: stable([1, 2], true) }));
    const [held] = await dataPlane.clients.hold(asks(['198.51.100.1']));
    const run = (command: string) => dataPlane.haproxy.runtime([`${command} frontend ${RULE}`]);
    const outcome = async () => {
      const [fresh] = await dataPlane.clients.ask(asks(['198.51.100.2']));
      const [old] = await dataPlane.clients.askHeld([held!.id]);
      return [fresh!.ok || fresh!.error, old!.ok];
    };
    await run('disable');
    expect(await outcome()).toEqual(['refused', true]);
    await run('enable');
    expect(await outcome()).toEqual([true, true]);
    await run('shutdown');
    expect(await outcome()).toEqual(['refused', true]);
    await dataPlane.haproxy.signalReload();
    expect(await outcome()).toEqual([true, true]);
  });

  it('that is disabled still listens on its unix socket', async () => {
    const bind = 'bind unix@/run/probe.sock accept-proxy';
    const dataPlane = await openDataPlane(2, configText({ rule: [bind, ...stable([1, 2], true)] }));
    await dataPlane.haproxy.runtime([`disable frontend ${RULE}`]);
    await expect(dataPlane.prober.open('/run/probe.sock', '192.0.2.1', 'tcp')).resolves.toBeDefined();
    await dataPlane.haproxy.runtime([`shutdown frontend ${RULE}`]);
    await expect(dataPlane.prober.open('/run/probe.sock', '192.0.2.1', 'tcp')).rejects.toThrow('no HAProxy answers');
  });
});

describe('traffic', () => {
  it('needs a listener, an accept and a local address', async () => {
    const dataPlane = await openDataPlane(1, configText({ rule: stable([1], true) }));
    const ask = { client: '198.51.100.1', ip: PUBLIC, port: PORT, protocol: 'tcp' as const };
    const errors = async () =>
      (await dataPlane.clients.ask([ask, { ...ask, port: 1 }, { ...ask, ip: '10.0.53.3' }])).map((answer) =>
        answer.ok ? answer.vm : answer.error,
      );
    expect(await errors()).toEqual(['vm1', 'refused', 'unreachable']);
    await dataPlane.packetFilter.run(['-D', 'INPUT', '-d', PUBLIC, '-p', 'tcp', '-j', 'ACCEPT']);
    expect(await errors()).toEqual(['timeout', 'timeout', 'unreachable']);
    await dataPlane.haproxy.stop();
    await dataPlane.packetFilter.run(['-A', 'INPUT', '-j', 'ACCEPT']);
    expect(await errors()).toEqual(['refused', 'refused', 'unreachable']);
  });

  it('is refused to sources outside the acl, and a probe has no source yet in "tcp-request connection"', async () => {
    const acl = (layer: string) =>
      configText({
        rule: [
          'bind unix@/run/probe.sock accept-proxy',
          'acl ok src 198.51.100.0/24',
          `tcp-request ${layer} reject if !ok`,
          ...stable([1], true),
        ],
      });
    const dataPlane = await openDataPlane(1, acl('connection'));
    const sessions = async () => (await dataPlane.haproxy.runtime(['show sess']))[0]?.split('\n').length;
    expect(await whoAnswers(dataPlane, ['198.51.100.1', '192.0.2.1'])).toEqual(
      new Map([
        ['198.51.100.1', 'vm1'],
        ['192.0.2.1', '(closed)'],
      ]),
    );
    const rejected = await dataPlane.prober.open('/run/probe.sock', '198.51.100.9', 'tcp');
    expect(await sessions()).toBe(1);
    rejected.close();
    await reload(dataPlane, acl('session'));
    const admitted = await dataPlane.prober.open('/run/probe.sock', '198.51.100.9', 'tcp');
    expect(await sessions()).toBe(2);
    admitted.close();
    expect(await sessions()).toBe(1);
  });

  it('goes to another VM when one is dead, checked or not', async () => {
    for (const check of [' check', '']) {
      const rule = [1, 2, 3].map((vm) => `server vm${vm} 10.1.1.${vm}:80${check}`);
      const dataPlane = await openDataPlane(3, configText({ rule }));
      const held = await dataPlane.clients.hold(asks(clients));
      await dataPlane.vms.destroy(['vm2']);
      const answers = await whoAnswers(dataPlane, clients);
      expect(new Set(answers.values())).toEqual(new Set(['vm1', 'vm3']));
      const still = await dataPlane.clients.askHeld(held.map(({ id }) => id));
      held.forEach(({ answer }, at) => {
        expect(still[at]).toEqual(answer.ok && answer.vm === 'vm2' ? { ok: false, error: 'closed' } : answer);
      });
    }
  });

  it.each(['roundrobin', 'leastconn', 'source'])('is balanced by %s', async (balance) => {
    const dataPlane = await openDataPlane(
      4,
      configText({ rule: [`balance ${balance}`, ...stable([1, 2, 3, 4], true)] }),
    );
    const many = clientAddresses(200);
    const first = await whoAnswers(dataPlane, many);
    expect(new Set(first.values()).size).toBe(4);
    const again = await whoAnswers(dataPlane, shuffled(many, 6));
    if (balance === 'source') expect(moved(first, again)).toEqual([]);
    else expect(moved(first, again).length).toBeGreaterThan(100);
  });

  it('moves only the clients of a removed VM under consistent hashing', async () => {
    const text = (vms: number[]) =>
      configText({ rule: ['balance source', 'hash-type consistent', ...stable(vms, true)] });
    const many = clientAddresses(200);
    const dataPlane = await openDataPlane(4, text([1, 2, 3, 4]));
    const before = await whoAnswers(dataPlane, many);
    await reload(dataPlane, text([1, 2, 4]));
    const after = await whoAnswers(dataPlane, many);
    expect(moved(before, after).filter((client) => before.get(client) !== 'vm3')).toEqual([]);
  });

  it('forgets a client after the expiry', async () => {
    const dataPlane = await openDataPlane(3, configText({ rule: [...sticky, ...stable([1, 2, 3], true)] }));
    await whoAnswers(dataPlane, clients);
    await dataPlane.clock.sleep(30 * 60_000 - 1);
    expect((await dataPlane.haproxy.runtime(['show table']))[0]).toContain('used:20');
    await dataPlane.clock.sleep(1);
    expect((await dataPlane.haproxy.runtime(['show table']))[0]).toContain('used:0');
  });
});

it('needs the packet filter for all packets of a connection', async () => {
  const dataPlane = await openDataPlane(1, configText({ rule: stable([1], true) }));
  const { packetFilter } = dataPlane;
  const one = ['-p', 'tcp', '-m', 'conntrack', '--ctstate', 'NEW', '-j', 'ACCEPT'];
  await packetFilter.run(['-F', 'INPUT']);
  await packetFilter.run(['-A', 'INPUT', ...one]);
  expect(await dataPlane.clients.ask(asks(['198.51.100.1']))).toEqual([{ ok: false, error: 'timeout' }]);
  const [held] = await dataPlane.clients.hold(asks(['198.51.100.1']));
  expect(held?.answer).toEqual({ ok: false, error: 'timeout' });
});
