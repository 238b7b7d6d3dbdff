import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readlinkSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { allGone, type ProcessInfo, processesWith } from '../../testing/processes.ts';

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const BOX = [process.execPath, file('../bin/box.ts')];
const MARK = 'LIMPET_TEST_MARK';

class TestBox {
  readonly mark = randomUUID();
  readonly opener: ChildProcess;
  readonly lines: string[] = [];
  readonly stdout: Promise<string>;
  readonly stderr: Promise<string>;
  readonly exit: Promise<[number | null, string | null]>;
  readonly #reader: Interface;

  constructor(argv: readonly string[], { detached = false, prefix = [] as string[], input = '' } = {}) {
    const [program = '', ...args] = [...prefix, ...BOX, ...argv];
    const opener = spawn(program, args, { detached, env: { ...process.env, [MARK]: this.mark }, stdio: 'pipe' });
    this.opener = opener;
    this.stdout = text(opener.stdout);
    this.stderr = text(opener.stderr);
    this.exit = once(opener, 'exit') as Promise<[number | null, string | null]>;
    this.#reader = createInterface(opener.stdout).on('line', (line) => this.lines.push(line));
    opener.stdin.end(input);
  }

  /** All processes in and around the box. */
  processes(): ProcessInfo[] {
    return processesWith(MARK, this.mark);
  }

  /** Resolves when the command has printed `line` so many times. */
  async printed(line: string, times = 1): Promise<void> {
    while (this.lines.filter((printed) => printed === line).length < times) await once(this.#reader, 'line');
  }

  gone(): Promise<void> {
    return allGone(MARK, this.mark);
  }
}

/** Leaves a daemon behind, says so, and goes on for ever. */
const DAEMON = 'setsid sleep 1000 & echo ready; sleep 1000';

test('the exit code is the command’s, and stdin and stdout are passed through', async () => {
  const box = new TestBox(['sh', '-c', 'cat; exit 7'], { input: 'hello' });
  expect(await box.exit).toEqual([7, null]);
  expect(await box.stdout).toBe('hello');
  await box.gone();
});

test('the command keeps the working directory and the environment', async () => {
  const box = new TestBox(['sh', '-c', `pwd; echo "$HOME $${MARK}"`]);
  expect(await box.stdout).toBe(`${process.cwd()}\n${process.env.HOME} ${box.mark}\n`);
});

test('a command ended by signal n makes 128 + n, and an unknown one 127', async () => {
  expect(await new TestBox(['sh', '-c', 'kill -KILL $$']).exit).toEqual([137, null]);
  const unknown = new TestBox(['no-such-program']);
  expect(await unknown.exit).toEqual([127, null]);
  expect(await unknown.stderr).toContain('no-such-program');
});

test('daemons and files of the command end with it', async () => {
  const box = new TestBox(['sh', '-c', 'setsid sleep 1000 & touch /run/limpet/trace "$TMPDIR/trace"; echo "$TMPDIR"']);
  expect(await box.exit).toEqual([0, null]);
  expect(box.processes()).toEqual([]);
  expect(existsSync('/run/limpet/trace')).toBe(false);
  expect(existsSync(`${(await box.stdout).trim()}/trace`)).toBe(false);
});

test('the command has processes, mounts and a network of its own, with loopback up', async () => {
  const names = ['pid', 'mnt', 'net'];
  const script = `for n in ${names.join(' ')}; do readlink /proc/self/ns/$n; done; ip -o link show up | wc -l`;
  const lines = (await new TestBox(['sh', '-c', script]).stdout).trim().split('\n');
  names.forEach((name, index) => {
    expect(lines[index]).toMatch(new RegExp(`^${name}:`));
    expect(lines[index]).not.toBe(readlinkSync(`/proc/self/ns/${name}`));
  });
  expect(lines[3]).toBe('1');
});

test('boxes nest', async () => {
  const probe = "import('./packages/lab/src/index.ts').then(({ inBox }) => console.log(inBox()))";
  const box = new TestBox([...BOX, ...BOX, process.execPath, '-e', probe]);
  expect(await box.stdout).toBe('true\n');
  await box.gone();
});

test('without CAP_SYS_ADMIN the box has a user namespace, and its command is root in it', async () => {
  const box = new TestBox(['sh', '-c', 'id -u; readlink /proc/self/ns/user; touch /run/trace && iptables -L -n >&2'], {
    prefix: ['setpriv', '--bounding-set=-sys_admin'],
  });
  expect(await box.exit).toEqual([0, null]);
  const [id, namespace] = (await box.stdout).split('\n');
  expect(id).toBe('0');
  expect(namespace).not.toBe(readlinkSync('/proc/self/ns/user'));
});

test('where namespaces are not allowed, nothing starts and the error names the remedy', async () => {
  const box = new TestBox(['echo', 'started'], {
    prefix: [
      'unshare',
      '--user',
      '--map-root-user',
      'sh',
      '-c',
      'echo 0 >/proc/sys/user/max_net_namespaces; "$@"',
      '-',
    ],
  });
  expect(await box.exit).toEqual([1, null]);
  expect(await box.stdout).toBe('');
  expect(await box.stderr).toMatch(/^LAB_NO_NAMESPACES: .*Run as root.*sysctl -w kernel\.unprivileged_userns_clone=1/);
});

test('orphans are reaped', async () => {
  const probe = `
    const pid = require('node:child_process').execFileSync('sh', ['-c', 'sleep 0 >/dev/null & echo $!'], { encoding: 'utf8' }).trim();
    const look = () => require('node:fs').existsSync('/proc/' + pid) ? setTimeout(look, 5) : console.log('reaped');
    look();`;
  expect(await new TestBox([process.execPath, '-e', probe]).stdout).toBe('reaped\n');
});

test('Ctrl-C reaches the command once, and its exit code is still the one that counts', async () => {
  const box = new TestBox([process.execPath, file('../../testing/count-interrupts.ts')], { detached: true });
  await box.printed('ready');
  process.kill(-box.opener.pid!, 'SIGINT'); // what a terminal does
  await box.printed('interrupted');
  box.opener.kill('SIGTERM');
  expect(await box.exit).toEqual([3, null]);
  expect(box.lines).toEqual(['ready', 'interrupted']);
});

test('signals to the opener alone are passed on', async () => {
  const box = new TestBox([process.execPath, file('../../testing/count-interrupts.ts')]);
  await box.printed('ready');
  for (const count of [1, 2]) {
    box.opener.kill('SIGINT');
    await box.printed('interrupted', count);
  }
  box.opener.kill('SIGTERM');
  expect(await box.exit).toEqual([3, null]);
  expect(box.lines).toEqual(['ready', 'interrupted', 'interrupted']);
});

test('SIGKILL of the opener ends everything in the box', async () => {
  const box = new TestBox(['sh', '-c', DAEMON]);
  await box.printed('ready');
  expect(box.processes().length).toBeGreaterThan(4);
  box.opener.kill('SIGKILL');
  await box.gone();
});

test('SIGKILL of the opener of a stopped box ends everything in it', async () => {
  const box = new TestBox(['sh', '-c', DAEMON]);
  await box.printed('ready');
  for (const { pid } of box.processes()) if (pid !== box.opener.pid) process.kill(pid, 'SIGSTOP');
  box.opener.kill('SIGKILL');
  await box.gone();
});

test('SIGKILL of the init ends everything in the box', async () => {
  const box = new TestBox(['sh', '-c', DAEMON]);
  await box.printed('ready');
  const init = box.processes().find(({ argv }) => argv[1]?.endsWith('/init.ts'));
  process.kill(init!.pid, 'SIGKILL');
  expect(await box.exit).toEqual([137, null]);
  expect(box.processes()).toEqual([]);
});

test('SIGKILL of unshare ends everything in the box', async () => {
  const box = new TestBox(['sh', '-c', DAEMON]);
  await box.printed('ready');
  const unshare = box.processes().find(({ argv }) => argv[0] === 'unshare');
  process.kill(unshare!.pid, 'SIGKILL');
  expect(await box.exit).toEqual([137, null]);
  await box.gone();
});
