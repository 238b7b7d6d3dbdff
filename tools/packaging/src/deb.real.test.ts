import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openAgentInLab } from '@limpet/cli/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { units, valuesOf } from '../testing/units.ts';
import { version, writeDeb } from './deb.ts';

const ip = '10.0.53.2';
const vms = [{ vm: 'vm11', ip: '10.1.1.11', port: 80 }];
const sourceDateEpoch = 1_700_000_000;

let folder: string;
let deb: string;
let installed: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-deb-'));
  deb = join(folder, `limpet_${await version()}_amd64.deb`);
  installed = join(folder, 'installed');
  // Not compressed: Node takes xz a minute.
  const options = { node: process.execPath, compression: 'none', sourceDateEpoch } as const;
  await writeDeb({ root: join(folder, 'root'), file: deb, ...options });
  await run('dpkg', '-x', deb, installed);
});
afterAll(() => rm(folder, { recursive: true }));

const run = async (file: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)(file, args, { maxBuffer: 1e8 })).stdout;

describe('the package', () => {
  it('has what the units run, for all to read, and belongs to root', async () => {
    const listed = await run('dpkg-deb', '-c', deb);
    for (const unit of units) expect(listed).toContain(` ./lib/systemd/system/${unit}\n`);
    const [command] = valuesOf('limpet-agent.service', 'ExecStart');
    for (const word of command!.split(' ').filter((each) => each.startsWith('/')))
      expect(listed).toContain(` .${word}\n`);
    for (const line of listed.trimEnd().split('\n')) {
      expect(line).toMatch(/^(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--) root\/root .* 2023-11-14 /);
    }
  });

  it('keeps the configuration of the operator, which is valid as it comes', async () => {
    expect(await run('dpkg-deb', '-I', deb, 'conffiles')).toBe('/etc/limpet/agent.yaml\n');
    const limpet = join(installed, 'usr/lib/limpet/limpet.mjs');
    const config = join(installed, 'etc/limpet/agent.yaml');
    expect(await run(process.execPath, limpet, 'agent', 'check', '--config', config)).toContain(
      'is valid: the router in /var/lib/limpet, its rules from the API, the API on /run/limpet/agent.sock',
    );
  });

  it('has a manual page with each command, and the licences', async () => {
    const page = await run('gzip', '-dc', join(installed, 'usr/share/man/man8/limpet.8.gz'));
    const help = await run(process.execPath, join(installed, 'usr/lib/limpet/limpet.mjs'), '--help');
    const commands = [...help.matchAll(/^ {2}([a-z]+)(?: \[rules\])? {2}/gm)].map(([, name]) => name!);
    expect(commands).toContain('agent');
    for (const command of commands) expect(page).toMatch(new RegExp(`^\\.BR? .*\\b${command}\\b`, 'm'));
    const copyright = await readFile(join(installed, 'usr/share/doc/limpet/copyright'), 'utf8');
    expect(copyright).toMatch(/^hono [\d.]+: MIT$/m);
    expect(copyright).toMatch(/^Copyright Node\.js contributors\./m);
  });

  it('can be installed, by apt', async () => {
    expect(await run('apt-get', 'install', '-s', deb)).toMatch(/^Inst limpet \(/m);
  });

  it('is the same to the byte when it is built again, also compressed', async () => {
    const node = join(folder, 'node');
    await writeFile(node, 'a small one\n');
    const build = async (name: string): Promise<Buffer> => {
      const file = join(folder, `${name}.deb`);
      await writeDeb({ root: join(folder, name), file, node, compression: 'xz', sourceDateEpoch });
      return readFile(file);
    };
    expect((await build('once')).equals(await build('again'))).toBe(true);
  });
});

describe('its scripts', () => {
  let said: string;
  /** Runs a script of the package as dpkg does on a machine with systemd; resolves to what it calls. */
  async function script(name: string, ...args: string[]): Promise<string[]> {
    const stubs = join(folder, 'stubs');
    said = join(folder, 'said');
    await mkdir(stubs, { recursive: true });
    await writeFile(said, '');
    for (const program of ['adduser', 'systemctl', 'rm']) {
      await writeFile(join(stubs, program), `#!/bin/sh\necho ${program} "$@" >> ${said}\n`);
      await chmod(join(stubs, program), 0o755);
    }
    const text = (await run('dpkg-deb', '-I', deb, name)).replaceAll('/run/systemd/system', folder);
    await promisify(execFile)('/bin/sh', ['-c', text, name, ...args], { env: { PATH: stubs } });
    return (await readFile(said, 'utf8')).split('\n').filter((line) => line !== '');
  }

  it('make the user, and start nothing at first', async () => {
    expect(await script('postinst', 'configure', '')).toEqual([
      'adduser --system --group --quiet --home /var/lib/limpet --no-create-home --gecos Limpet limpet',
      'systemctl daemon-reload',
    ]);
  });

  it('restart the agent alone after an upgrade, so that no connection ends', async () => {
    expect(await script('prerm', 'upgrade', '0.2.0')).toEqual([]);
    expect(await script('postinst', 'configure', '0.1.0')).toContain('systemctl try-restart limpet-agent.service');
    expect((await script('postinst', 'configure', '0.1.0')).join('\n')).not.toContain('haproxy');
  });

  it('stop what is Limpet’s when it is removed, and leave the unit haproxy to CloudStack', async () => {
    const removal = [
      ...(await script('prerm', 'remove')),
      ...(await script('postrm', 'remove')),
      ...(await script('postrm', 'purge')),
    ];
    expect(removal).toEqual([
      'systemctl disable --now limpet-agent.service limpet-haproxy.path limpet-haproxy.service',
      'systemctl daemon-reload',
      'rm -rf /var/lib/limpet',
      'systemctl daemon-reload',
    ]);
  });
});

it('unpacked, it runs an agent that serves a client', async () => {
  const [command] = valuesOf('limpet-agent.service', 'ExecStart');
  const [program, ...args] = command!.split(' ').map((word) => word.replace(/^\//, `${installed}/`));
  const agent = await openAgentInLab({ publicIps: [ip], vms }, [program!, ...args.slice(0, args.indexOf('agent'))]);
  try {
    await agent.start();
    const put = { 'if-none-match': '*' };
    await agent.client.ask('PUT', `/v1/rules/${ip}:80`, { members: vms }, put);
    const [answer] = await agent.lab.clients.ask([{ client: '198.18.0.1', ip, port: 80, protocol: 'tcp' }]);
    expect(answer).toMatchObject({ ok: true, vm: 'vm11' });
  } finally {
    await agent.close();
  }
});
