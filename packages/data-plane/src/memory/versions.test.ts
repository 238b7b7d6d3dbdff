import { readShowProc } from '@limpet/haproxy';
import { describe, expect, it } from 'vitest';
import {
  asks,
  CONFIG,
  clientAddresses,
  configText,
  openDataPlane,
  RULE,
  reload,
} from '../../testing/memory-data-plane.ts';

const text = configText({ peers: true, rule: ['server vm101 10.1.1.1:80 id 101 check'] });
const addServer = `add server ${RULE}/vm102 10.1.1.2:80 check id 102`;
const firstLine = (answer: string): string => answer.split('\n')[0]!;

/** Answers of HAProxys that were built from their sources, to these commands. */
const unknown = {
  '2.2.9': 'Unknown command. Please enter one of the following commands only :',
  later: 'Unknown command, but maybe one of the following ones is a better match:',
};

describe('a HAProxy of another version', () => {
  it.each([
    ['2.2.9', unknown['2.2.9'], unknown['2.2.9']],
    ['2.4.0', 'This command is restricted to experimental mode only.', 'New version created: 1'],
    ['2.6.12', 'New server registered.', 'New version created: 1'],
    ['3.0.0', 'New server registered.', 'New version created: 1'],
  ])('%s answers "%s" to "add server", "%s" to "prepare map"', async (version, added, prepared) => {
    const stick = 'stick on src if { be_name,map_str(/stick.map,none) -m str source }';
    const rule = ['stick-table type ip size 1k', stick, 'server vm101 10.1.1.1:80 id 101'];
    const dataPlane = await openDataPlane(2, undefined, version);
    await dataPlane.files.write('/stick.map', '');
    await dataPlane.files.write(CONFIG, configText({ rule }));
    await dataPlane.haproxy.start(CONFIG);
    const answers = await dataPlane.haproxy.runtime([addServer, 'prepare map /stick.map', 'nonsense']);
    expect(answers.map(firstLine)).toEqual([added, prepared, version === '2.2.9' ? unknown['2.2.9'] : unknown.later]);
  });

  it('says which one it is', async () => {
    const { haproxy } = await openDataPlane(1, text, '2.8.3');
    expect(await haproxy.version()).toMatchObject({ text: '2.8.3', branch: '2.8' });
    expect((await haproxy.runtime(['show info']))[0]).toContain('\nVersion: 2.8.3\n');
    expect(await haproxy.master('show proc')).toMatch(/ 2\.8\.3$/m);
    expect(await haproxy.master('reload')).toBe('Success=1');
  });

  it('has up to 2.4 no current worker after a reload that failed', async () => {
    const dataPlane = await openDataPlane(1, text, '2.4.0');
    await reload(dataPlane, `${text}\nnonsense`);
    const answer = await dataPlane.haproxy.master('show proc');
    expect(answer).toMatch(/^#<PID> +<type> +<relative PID> +<reloads> +<uptime> +<version> *\n101 +master +0 +1 +0d/);
    expect(answer).toMatch(/# workers\n# old workers\n102 +worker +\[was: 1\] +1 +0d/);
    expect(readShowProc(answer)).toMatchObject({ workers: [{ pid: 102 }], oldWorkers: [], failed: 1 });
  });

  it.each([
    ['2.2.9', 'set-var proc.a date(0,ms)', false],
    ['2.4.0', 'set-var proc.a date(0,ms)', true],
    ['2.2.9', '.if feature(OPENSSL)\n.endif', false],
    ['2.4.0', '.if feature(OPENSSL)\n.endif', true],
    ['2.4.0', 'httpclient.ssl.verify none', false],
    ['2.6.12', 'httpclient.ssl.verify none', true],
  ])('%s reads "%s" in global: %s', async (version, line, ok) => {
    const dataPlane = await openDataPlane(1, undefined, version);
    await dataPlane.files.write(CONFIG, `global\n${line}\n${text}`);
    expect((await dataPlane.haproxy.check(CONFIG)).ok).toBe(ok);
  });

  it.each([
    ['2.6.12', "'cookie' option is not accepted for dynamic server", 0],
    ['3.0.0', 'New server registered.', 6],
  ])('%s answers "%s" to a dynamic server with a cookie', async (version, answer, kept) => {
    const rule = ['cookie LB insert indirect', 'server vm1 10.1.1.1:80 id 1 cookie a'];
    const dataPlane = await openDataPlane(2, configText({ mode: 'http', rule }), version);
    const added = `add server ${RULE}/vm2 10.1.1.2:80 id 2 cookie b`;
    expect(await dataPlane.haproxy.runtime([added])).toEqual([answer]);
    await dataPlane.haproxy.runtime([`enable server ${RULE}/vm2`]);
    const sent = asks(clientAddresses(6), 'http').map((ask) => ({ ...ask, cookies: { LB: 'b' } }));
    const answers = await dataPlane.clients.ask(sent);
    expect(answers.filter((each) => each.ok && each.vm === 'vm2')).toHaveLength(kept);
  });

  it('is none that nobody knows', async () => {
    await expect(openDataPlane(0, undefined, '1.8.19')).rejects.toMatchObject({ code: 'HAPROXY_VERSION' });
  });
});
