import type { DataPlane } from '@limpet/data-plane';

/** A router's machine that only remembers: files, the config that HAProxy serves, and the rules in INPUT. */
export interface FakeDataPlane extends DataPlane {
  /** What `haproxy -c` says of a config; undefined: it is valid. */
  verdict: (config: string) => string | undefined;
  file(path: string): string | undefined;
  /** The config that the current worker has. */
  serving(): string | undefined;
  /** How often `haproxy -c` ran. */
  checks(): number;
  /** `-A ...` lines of INPUT. */
  input: string[];
}

export function fakeDataPlane(): FakeDataPlane {
  const files = new Map<string, string>();
  let running = false;
  let serving: string | undefined;
  let checks = 0;
  let loaded = '';
  let pid = 100;
  const unused = () => Promise.reject(new Error('CloudStack does not use this'));

  const plane: FakeDataPlane = {
    kind: 'memory',
    verdict: () => undefined,
    file: (path) => files.get(path),
    serving: () => serving,
    checks: () => checks,
    input: [],
    files: {
      read: async (path) => files.get(path),
      write: async (path, text) => {
        files.set(path, text);
      },
      list: unused,
      remove: unused,
      lock: unused,
    },
    stateStore: {
      load: unused,
      commit: unused,
      close: unused,
    },
    haproxy: {
      version: unused,
      check: async (path) => {
        checks += 1;
        const message = plane.verdict(files.get(path) ?? '');
        return message === undefined ? { ok: true } : { ok: false, message };
      },
      running: async () => running,
      start: async (path) => {
        const config = files.get(path) ?? '';
        if (plane.verdict(config) !== undefined) throw new Error('HAProxy did not come up');
        loaded = path;
        running = true;
        serving = config;
      },
      stop: async () => {
        running = false;
        serving = undefined;
      },
      signalReload: async () => {
        serving = files.get(loaded);
        pid += 1;
      },
      master: async (command) => (command === 'show proc' ? showProc(pid) : ''),
      runtime: unused,
      pin: unused,
    },
    packetFilter: {
      save: async () => `*filter\n:INPUT DROP [0:0]\n${plane.input.join('\n')}\nCOMMIT\n`,
      restore: unused,
      run: async ([action, ...rest]) => {
        const line = saved(rest);
        if (action === '-A') {
          plane.input.push(line);
          return 0;
        }
        const i = plane.input.indexOf(line);
        if (i < 0) return 1;
        plane.input.splice(i, 1);
        return 0;
      },
    },
    prober: { open: unused },
    clock: { now: () => 1_727_000_000_000, sleep: () => Promise.resolve(), after: () => () => {} },
    localAddresses: async () => ['10.0.53.2'],
    bindsNonlocal: async () => false,
    packetPath: async () => ({ rulesets: [], sets: '', interfaces: new Map(), nativeTables: [], unreadable: [] }),
    listeners: async () => [],
    descriptorLimit: async () => 1024,
  };
  return plane;
}

/** An accept rule as iptables-save spells it. */
function saved(args: readonly string[]): string {
  const value = (option: string) => args[args.indexOf(option) + 1];
  return `-A INPUT -d ${value('-d')}/32 -p tcp -m tcp --dport ${value('--dport')} -m state --state NEW -j ACCEPT`;
}

function showProc(pid: number): string {
  const row = (id: number, type: string) => `${id} ${type} 0 0d00h00m00s 2.6.12`;
  return [
    '#<PID> <type> <reloads> <uptime> <version>',
    row(1, 'master'),
    '# workers',
    row(pid, 'worker'),
    '# programs',
  ].join('\n');
}
