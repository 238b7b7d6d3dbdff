import { createRealDataPlane, systemClock } from '@limpet/data-plane';
import { type Lab, openLab } from '@limpet/lab';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { member, rule } from '../../../testing/rules.ts';
import { createHaproxyRouter, type HaproxyRouter } from '../router.ts';
import { BlockadeFinder } from './blockades.ts';

const ip = '10.0.53.2';
const members = [member('vm11')];
const open = rule({ port: 80, members });
const restricted = rule({ port: 81, members, cidrs: ['198.18.0.0/28', '198.18.4.0/24'] });
const backends = ['nft', 'legacy'] as const;

let lab: Lab;
let router: HaproxyRouter;
let finder: BlockadeFinder;

beforeAll(async () => {
  lab = await openLab({ publicIps: [ip], vms: members, timeoutMs: 200 });
  const dataPlane = createRealDataPlane({ exec: lab.exec, spawn: lab.spawn, dir: lab.dir, clock: systemClock });
  router = await createHaproxyRouter({ dataPlane, dir: lab.dir, settings: { driftPeriodMs: 1e9 } });
  finder = new BlockadeFinder(dataPlane);
  const answers = [open, restricted].map((each, at) =>
    router.putRule({ type: 'putRule', rule: each, generation: at + 1 }),
  );
  expect((await Promise.all(answers)).map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
});
afterAll(async () => {
  await router.close();
  await lab.close();
});

let undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of undo.reverse()) await each();
  undo = [];
});

/** Runs programs that each must succeed. */
const run = async (...commands: string[]): Promise<void> => {
  for (const command of commands) {
    const [program = '', ...args] = command.split(' ');
    const { code, stderr } = await lab.exec(program, args);
    if (code !== 0) throw new Error(`${command}: ${stderr}`);
  }
};
const served = async (client: string, port: number): Promise<boolean> =>
  (await lab.clients.ask([{ client, ip, port, protocol: 'tcp' }]))[0]!.ok;
const blockadeOf = async (which: typeof open) => (await finder.find([which])).get(`${which.ip}:${which.port}`)?.refusal;

/** A rule, added or inserted, and taken away again. */
const put = async (iptables: string, table: string, action: '-A' | '-I', text: string): Promise<void> => {
  undo.push(() => run(`${iptables} -w -t ${table} -D ${text}`));
  await run(`${iptables} -w -t ${table} ${action} ${text}`);
};

const at = `-d ${ip} -p tcp --dport 80`;
const answer = `-s ${ip} -p tcp --sport 80`;

/** What keeps all clients of port 80 away: each table and chain on the way, and each way to do it. */
const obstacles: [table: string, text: string, 'Blocked' | 'Diverted'][] = [
  ['raw', `PREROUTING ${at} -j DROP`, 'Blocked'],
  ['raw', `PREROUTING ${at} -j CT --notrack`, 'Blocked'],
  ['raw', `OUTPUT ${answer} -j DROP`, 'Blocked'],
  ['mangle', `PREROUTING ${at} -j DROP`, 'Blocked'],
  ['mangle', `PREROUTING -i eth2 ${at} -m conntrack --ctstate NEW -j DROP`, 'Blocked'],
  ['mangle', `PREROUTING ${at} -m conntrack --ctstate ESTABLISHED -j DROP`, 'Blocked'],
  ['mangle', `PREROUTING -m addrtype --dst-type LOCAL -p tcp -m multiport --dports 79:80,443 -j DROP`, 'Blocked'],
  ['mangle', `PREROUTING ${at} -j TPROXY --on-port 9 --on-ip 127.0.0.1`, 'Diverted'],
  ['mangle', `INPUT ${at} -j DROP`, 'Blocked'],
  ['mangle', `OUTPUT ${answer} -j DROP`, 'Blocked'],
  ['mangle', `POSTROUTING -o eth2 ${answer} -j DROP`, 'Blocked'],
  ['nat', `PREROUTING ${at} -j DNAT --to-destination 10.1.1.99:80`, 'Diverted'],
  ['nat', `PREROUTING ${at} -j DNAT --to-destination ${ip}:9`, 'Diverted'],
  ['nat', `PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 9`, 'Diverted'],
  ['filter', `INPUT ${at} -j DROP`, 'Blocked'],
  ['filter', `INPUT ${at} -j REJECT --reject-with tcp-reset`, 'Blocked'],
  ['filter', `INPUT ${at} --tcp-flags SYN,ACK SYN -j DROP`, 'Blocked'],
  ['filter', `OUTPUT ${answer} -j DROP`, 'Blocked'],
  ['security', `INPUT ${at} -j DROP`, 'Blocked'],
  ['security', `OUTPUT ${answer} -j DROP`, 'Blocked'],
];

/** What looks as if it did, and lets clients in. */
const harmless: [table: string, text: string][] = [
  ['raw', `PREROUTING -i lo ${at} -j DROP`],
  ['raw', 'PREROUTING -d 10.0.53.3 -p tcp --dport 80 -j DROP'],
  ['mangle', `PREROUTING -i eth0 ${at} -j DROP`],
  ['mangle', `PREROUTING -d ${ip} -p udp --dport 80 -j DROP`],
  ['mangle', `PREROUTING ${at} -m conntrack --ctstate INVALID -j DROP`],
  ['mangle', `PREROUTING -s 198.18.9.0/24 ${at} -j DROP`],
  ['mangle', `PREROUTING ${at} -m mark --mark 0x7 -j DROP`],
  ['mangle', `PREROUTING ${at} -m statistic --mode nth --every 99 --packet 98 -j DROP`],
  ['nat', `PREROUTING ${at} -j DNAT --to-destination ${ip}:80`],
  ['filter', `OUTPUT ${answer} -m conntrack --ctstate NEW -j DROP`],
];

describe.each(backends)('a rule of iptables-%s between the network and HAProxy', (backend) => {
  it.each(obstacles)('in table %s: %s is named, and lets nobody in', async (table, text, reason) => {
    await put(`iptables-${backend}`, table, '-I', text);
    expect(await served('198.18.0.1', 80)).toBe(false);
    const found = await blockadeOf(open);
    expect(found?.reason).toBe(reason);
    expect(found?.message).toContain(`table ${table} of iptables-${backend} `);
    expect(await blockadeOf(restricted).then((other) => other?.reason)).toBe(
      (await served('198.18.0.1', 81)) ? undefined : reason,
    );
  });

  it.each(harmless)('in table %s: %s lets clients in, and is not named', async (table, text) => {
    await put(`iptables-${backend}`, table, '-I', text);
    expect(await served('198.18.0.1', 80)).toBe(true);
    expect(await blockadeOf(open)).toBeUndefined();
  });

  it('is seen in a chain of its own for the address, as CloudStack has it (c10)', async () => {
    const iptables = `iptables-${backend} -w -t mangle`;
    await run(`${iptables} -N FIREWALL_${ip}`, `${iptables} -A PREROUTING -d ${ip} -j FIREWALL_${ip}`);
    undo.push(() =>
      run(
        `${iptables} -D PREROUTING -d ${ip} -j FIREWALL_${ip}`,
        `${iptables} -F FIREWALL_${ip}`,
        `${iptables} -X FIREWALL_${ip}`,
      ),
    );
    const chain = `${iptables} -A FIREWALL_${ip}`;
    await run(
      `${chain} -p tcp -m tcp --dport 22 -j RETURN`,
      `${chain} -m state --state RELATED,ESTABLISHED -j ACCEPT`,
      `${chain} -j DROP`,
    );
    expect(await served('198.18.0.1', 80)).toBe(false);
    expect((await blockadeOf(open))?.message).toContain(
      `drops clients such as 198.51.100.1: -A PREROUTING -d ${ip}/32 -j FIREWALL_${ip} > -A FIREWALL_${ip} -j DROP`,
    );
    await run(`${iptables} -I FIREWALL_${ip} -p tcp -m tcp --dport 80 -j RETURN`);
    expect(await served('198.18.0.1', 80)).toBe(true);
    expect(await blockadeOf(open)).toBeUndefined();
  });

  it('is named, and the rule in force, when it lets in a network alone', async () => {
    await put(`iptables-${backend}`, 'mangle', '-I', `PREROUTING ! -s 198.18.4.0/24 ${at} -j DROP`);
    expect([await served('198.18.0.1', 80), await served('198.18.4.1', 80)]).toEqual([false, true]);
    expect((await finder.find([open])).get(`${ip}:80`)).toEqual({
      refusal: undefined,
      note: expect.stringContaining('not all clients get in: table mangle'),
    });
  });

  it('asks the sets that rules name', async () => {
    await run(
      'ipset create banned hash:net',
      'ipset add banned 198.18.0.0/16',
      'ipset add banned 198.18.4.0/24 nomatch',
    );
    undo.push(() => run('ipset destroy banned'));
    await put(`iptables-${backend}`, 'raw', '-I', 'PREROUTING -m set --match-set banned src -j DROP');
    expect([await served('198.18.0.1', 81), await served('198.18.4.1', 81)]).toEqual([false, true]);
    expect(await blockadeOf(restricted)).toBeUndefined();
    expect((await finder.find([restricted])).get(`${ip}:81`)?.note).toContain('--match-set banned src');
    await run('ipset add banned 198.18.0.0/15', 'ipset del banned 198.18.4.0/24');
    expect(await served('198.18.4.1', 81)).toBe(false);
    expect((await blockadeOf(restricted))?.reason).toBe('Blocked');
  });
});

it('says of any rules what the kernel does with them', async () => {
  const client = '198.18.4.1';
  const words = fc.constantFrom(
    '',
    '-i eth2 ',
    '! -i eth0 ',
    '-s 198.18.4.0/24 ',
    '! -s 198.18.4.1 ',
    `-d ${ip} `,
    '! -d 10.0.53.3 ',
  );
  const ports = fc.constantFrom(
    '',
    '-p tcp ',
    '-p tcp --dport 81 ',
    '-p tcp ! --dport 81 ',
    '-p udp ',
    '-p tcp --sport 1024:65535 ',
  );
  const states = fc.constantFrom(
    '',
    '-m conntrack --ctstate NEW ',
    '-m state --state ESTABLISHED ',
    '-m conntrack ! --ctstate NEW ',
  );
  const targets = fc.constantFrom('-j ACCEPT', '-j DROP', '-j RETURN', '-j OTHER', '-g OTHER');
  const rules = fc.tuple(words, ports, states, targets).map((parts) => parts.join(''));
  const chains = fc.record({
    outer: fc.array(rules, { minLength: 1, maxLength: 4 }),
    inner: fc.array(
      rules.filter((text) => !text.endsWith('OTHER')),
      { maxLength: 3 },
    ),
  });
  const only = rule({ port: 81, members, cidrs: ['198.18.4.1/32'] });
  await fc.assert(
    fc.asyncProperty(chains, fc.constantFrom(...backends), async ({ outer, inner }, backend) => {
      // Answers of members come by PREROUTING as well, over another interface.
      const jump = '-A PREROUTING -i eth2 -j OUTER';
      const lines = [jump, ...outer.map((text) => `-A OUTER ${text}`), ...inner.map((text) => `-A OTHER ${text}`)];
      const input = `*mangle\n:PREROUTING ACCEPT\n:OUTER -\n:OTHER -\n${lines.join('\n')}\nCOMMIT\n`;
      const { code, stderr } = await lab.exec(`iptables-${backend}-restore`, [], { input });
      expect(`${code}${stderr}`).toBe('0');
      try {
        expect((await blockadeOf(only)) === undefined).toBe(await served(client, 81));
      } finally {
        await lab.exec(`iptables-${backend}-restore`, [], { input: '*mangle\n:PREROUTING ACCEPT\nCOMMIT\n' });
      }
    }),
    { numRuns: 60 },
  );
});

it('says so when this process may not read the packet filter', async () => {
  const unprivileged: Lab['exec'] = (file, args, options) =>
    lab.exec('setpriv', ['--inh-caps=-all', '--bounding-set=-all', '--no-new-privs', file, ...args], options);
  const dataPlane = createRealDataPlane({ exec: unprivileged, spawn: lab.spawn, dir: lab.dir, clock: systemClock });
  expect((await new BlockadeFinder(dataPlane).find([open])).get(`${ip}:80`)).toEqual({
    refusal: undefined,
    note: expect.stringMatching(/it is not known whether all clients get in: .*iptables-nft-save: .*Permission denied/),
  });
});
