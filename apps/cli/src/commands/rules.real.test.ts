import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRealDataPlane, systemClock } from '@limpet/data-plane';
import { borrowLab, type ExecResult, type Lab } from '@limpet/lab';
import { createHaproxyRouter } from '@limpet/router';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { limpet as limpetHere } from '../../testing/limpet.ts';

const bin = fileURLToPath(new URL('../../bin/limpet.js', import.meta.url));
const ip = '10.0.53.2';
const vms = ['vm11', 'vm12', 'vm13'].map((vm) => ({ vm, ip: `10.1.1.${vm.slice(2)}`, port: 80 }));

let lab: Lab;
let dir: string;
let file: string;

beforeEach(async () => {
  lab = await borrowLab({ publicIps: [ip], vms });
  dir = join(lab.dir, 'router');
  file = join(lab.dir, 'rules.yaml');
});
afterEach(() => lab.close());

/** `limpet` on the lab's router. */
const limpet = (...args: string[]): Promise<ExecResult> => limpetHere([...args, '--dir', dir], lab.exec);
/** The same as a process of its own. */
const limpetProcess = (...args: string[]): Promise<ExecResult> =>
  lab.exec(process.execPath, [bin, ...args, '--dir', dir]);
const code = async (...args: string[]): Promise<number> => (await limpet(...args)).code;

const web = { ip, port: 8080, stickiness: { method: 'SourceBased' }, members: vms };
const db = { ip, port: 5432, members: vms.slice(0, 1) };
const write = (...rules: object[]): Promise<void> => writeFile(file, stringify({ rules }));

/** The VMs that answer a client, one connection after the other: two at once may both be its first. */
const reached = async (client: string, port: number): Promise<string[]> => {
  const seen = new Set<string>();
  for (let i = 0; i < 6; i++) {
    const [answer] = await lab.clients.ask([{ client, ip, port, protocol: 'tcp' }]);
    seen.add(answer!.ok ? answer!.vm : answer!.error);
  }
  return [...seen].sort();
};

const reasons = ({ stdout }: ExecResult): string[] =>
  JSON.parse(stdout).rules.map(({ conditions }: { conditions: { reason: string }[] }) => conditions.at(-1)!.reason);

describe('the commands on a rules file, on a real router', () => {
  it('plan, apply, verify and tell, each in a process of its own', async () => {
    const exitCode = async (...args: string[]): Promise<number> => (await limpetProcess(...args)).code;
    await write(web, db);
    const saved = join(lab.dir, 'plan.json');
    expect(await exitCode('plan', file, '--out', saved)).toBe(2);
    expect(await exitCode('verify', file)).toBe(2);

    const applied = await limpetProcess('apply', saved);
    expect(applied).toMatchObject({ code: 2, stderr: '' });
    expect(await reached('198.18.0.1', 8080)).toHaveLength(1);
    expect(await reached('198.18.0.1', 5432)).toEqual(['vm11']);

    expect(await limpetProcess('plan', file)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Nothing to do/),
    });
    expect(await exitCode('diff', file)).toBe(0);
    expect(await exitCode('verify', file)).toBe(0);
    expect(await exitCode('apply', file)).toBe(0);
    expect(await exitCode('status')).toBe(0);
  });

  it('show what an edit changes, and bring just that about', async () => {
    await write(web, db);
    const saved = join(lab.dir, 'plan.json');
    await limpet('plan', file, '--out', saved);
    expect(await code('apply', saved)).toBe(2);

    await write({ ...web, algorithm: 'leastconn', members: vms.slice(0, 2) }, db);
    const diff = await limpet('diff', file);
    expect(diff.code).toBe(2);
    expect(diff.stdout).toContain(`~ ${ip}:8080`);
    expect(diff.stdout).toContain('-   algorithm: roundrobin\n+   algorithm: leastconn\n');
    expect(diff.stdout).not.toContain(`${ip}:5432`);
    expect(await limpet('apply', saved)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^limpet: PLAN_STALE: .*\n$/),
    });
    expect(await code('verify', file)).toBe(2);
    expect(await code('apply', file)).toBe(2);
    expect(await code('verify', file)).toBe(0);

    const status = JSON.parse((await limpet('status', '-o', 'json')).stdout);
    expect(status).toMatchObject({ haproxyRuns: true, inForce: true });
    expect(status.rules.map(({ generation }: { generation: number }) => generation)).toEqual([2, 3]);
  });

  it('take away what is not in the file any more', async () => {
    await write(web, db);
    await limpet('apply', file);
    await write(db);
    expect(await code('apply', file)).toBe(2);
    expect(await reached('198.18.0.1', 8080)).not.toContain('vm11');
    expect(await reached('198.18.0.1', 5432)).toEqual(['vm11']);
  });

  it('refuse what the router cannot serve, and apply the rest', async () => {
    await write(db, { ...web, ip: '10.9.9.9' });
    const { code: exit, stdout, stderr } = await limpet('apply', file);
    expect(exit).toBe(1);
    expect(stdout).toContain('10.9.9.9:8080: AddressNotLocal: ip: 10.9.9.9 is not an address of this router');
    expect(stderr).toBe('limpet: NOT_IN_FORCE: 1 of 2 rules are not in force, for the reasons above: 10.9.9.9:8080\n');
    expect(await reached('198.18.0.1', 5432)).toEqual(['vm11']);
  });

  it('say that HAProxy is gone, and start it again', async () => {
    await write(db);
    expect(await code('apply', file)).toBe(2);
    const pid = Number(await readFile(join(dir, 'haproxy.pid'), 'utf8'));
    process.kill(pid, 'SIGKILL');
    await expect.poll(async () => reasons(await limpet('status', '-o', 'json'))).toEqual(['NotRunning']);
    expect(await code('plan', file)).toBe(2);
    expect(await code('apply', file)).toBe(2);
    expect(await reached('198.18.0.1', 5432)).toEqual(['vm11']);
  });

  it('say that there is no router where none was applied, or its state is gone', async () => {
    const none = `limpet: NO_ROUTER: there is no router in ${dir} (no state.db); `;
    expect(await limpet('status')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `${none}give its --dir (default: /var/lib/limpet), or apply rules first\n`,
    });
    await write(db);
    await limpet('apply', file);
    for (const name of ['state.db', 'state.db-wal', 'state.db-shm']) await rm(join(dir, name), { force: true });
    expect(await limpet('status')).toMatchObject({
      code: 1,
      stderr: `${none}HAProxy runs there all the same; apply its rules again\n`,
    });
    expect(await code('apply', file)).toBe(2);
    expect(await code('status')).toBe(0);
  });

  it('say that HAProxy hangs, and start no second one', async () => {
    await write(db);
    await limpet('apply', file);
    const master = Number(await readFile(join(dir, 'haproxy.pid'), 'utf8'));
    const worker = Number((await lab.exec('pgrep', ['-P', `${master}`])).stdout);
    for (const pid of [master, worker]) process.kill(pid, 'SIGSTOP');
    const [status, applied] = await Promise.all([limpet('status', '-o', 'json'), limpet('apply', file)]);
    expect(reasons(status)).toEqual(['NotResponding']);
    expect(applied).toMatchObject({
      code: 1,
      stderr: `limpet: NOT_RESPONDING: HAProxy (pid ${master}, ${worker}) is there and does not answer on ${join(dir, 'master.sock')}; end it with "kill -9 ${master} ${worker}", or wait until it answers\n`,
    });
    for (const pid of [master, worker]) process.kill(pid, 'SIGCONT');
    expect(await code('verify', file)).toBe(0);
    expect((await lab.exec('ss', ['-Hltn', 'sport', '=', ':5432'])).stdout.trim().split('\n')).toHaveLength(1);
  });

  it('see changes made by hand, and repair them', async () => {
    await write(db);
    await limpet('apply', file);
    const socket = `UNIX-CONNECT:${join(dir, 'admin.sock')}`;
    await lab.exec('socat', ['-', socket], { input: 'set server 10_0_53_2-5432/vm11 state maint\n' });
    const verified = await limpet('verify', file, '-o', 'json');
    expect(verified.code).toBe(2);
    expect(reasons(verified)).toEqual(['Drift']);
    expect(await code('plan', file)).toBe(2);
    expect(await code('apply', file)).toBe(2);
    expect(await code('verify', file)).toBe(0);
  });

  it.each([
    ['cleared the map', () => `clear map ${join(dir, 'stick.map')}`],
    ['disabled a frontend', () => 'disable frontend 10_0_53_2-8080'],
    ['shut a frontend down', () => 'shutdown frontend 10_0_53_2-8080'],
  ])('see that a user %s, and repair it', async (_, command) => {
    await write(web, db);
    await limpet('apply', file);
    await lab.exec('socat', ['-', `UNIX-CONNECT:${join(dir, 'admin.sock')}`], { input: `${command()}\n` });
    expect(reasons(await limpet('verify', file, '-o', 'json'))).toContain('Drift');
    expect(await code('plan', file)).toBe(2);
    expect(await limpet('apply', file)).toMatchObject({ code: 2, stderr: '' });
    expect(await code('verify', file)).toBe(0);
    expect(await reached('198.18.0.1', 8080)).toHaveLength(1);
    expect(await reached('198.18.0.1', 8080)).not.toEqual(['refused']);
  });

  it('read a renewed certificate again, and do not wait for what is no file', async () => {
    const certificate = join(lab.dir, 'site.pem');
    const renew = async (): Promise<void> => {
      const [key, own] = [join(lab.dir, 'key.pem'), join(lab.dir, 'own.pem')];
      const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
      await lab.exec('openssl', [...args, '-subj', '/CN=site', '-keyout', key, '-out', own]);
      await writeFile(certificate, (await readFile(own, 'utf8')) + (await readFile(key, 'utf8')));
    };
    await write({ ...db, protocol: 'ssl', certificate });
    await renew();
    expect(await code('apply', file)).toBe(2);
    expect(await code('verify', file)).toBe(0);

    await renew();
    const planned = await limpet('plan', file);
    expect(planned).toMatchObject({ code: 2, stdout: expect.stringContaining('No reload.') });
    expect(planned.stdout).toContain(`certificate ${certificate} is read again`);
    expect(await code('diff', file)).toBe(2);
    expect(reasons(await limpet('verify', file, '-o', 'json'))).toEqual(['Drift']);
    expect(await code('apply', file)).toBe(2);
    expect(await code('verify', file)).toBe(0);
    expect(await code('plan', file)).toBe(0);

    const fifo = join(lab.dir, 'fifo');
    await lab.exec('mkfifo', [fifo]);
    await write({ ...db, protocol: 'ssl', certificate: fifo });
    expect(await limpet('plan', file)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(
        `CertificateUnreadable: certificate: ${fifo} cannot be used: ${fifo} is not a regu`,
      ),
    });
  });

  it('cannot prove what no member answers to', async () => {
    await write(web, db);
    await limpet('apply', file);
    await lab.vms.destroy(vms.map(({ vm }) => vm));
    const verified = await limpet('verify', file, '-o', 'json');
    expect(verified.code).toBe(2);
    expect(reasons(verified).sort()).toEqual(['NoMemberAnswers', 'Verified']);
  });

  it('killed while they apply, converge when they are run again', async () => {
    await write(web, db);
    const child = lab.spawn(process.execPath, [bin, 'apply', file, '--dir', dir]);
    await expect.poll(() => readFile(join(dir, 'candidate.cfg')).then(Boolean, () => false)).toBe(true);
    child.kill('SIGKILL');
    // A HAProxy that it had begun to start may need a moment until it answers, or is gone.
    await expect.poll(() => limpet('plan', file)).toMatchObject({ code: 2 });
    expect(await code('apply', file)).toBe(2);
    expect(await code('verify', file)).toBe(0);
    expect(await reached('198.18.0.1', 8080)).toHaveLength(1);
  });

  it('tell the second of two at once', async () => {
    await write(db);
    expect(await code('apply', file)).toBe(2);
    const dataPlane = createRealDataPlane({ exec: lab.exec, spawn: lab.spawn, dir, clock: systemClock });
    const first = await createHaproxyRouter({ dataPlane, dir });
    const { code: exit, stderr } = await limpetProcess('apply', file);
    await first.detach();
    expect(exit).toBe(1);
    expect(stderr).toContain(String(process.pid));
    expect(await code('apply', file)).toBe(0);
  });
});
