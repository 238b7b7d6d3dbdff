import { basename } from 'node:path';
import {
  changingCommands,
  type DataPlane,
  type MemoryDataPlane,
  type Prober,
  type StateChange,
} from '@limpet/data-plane';
import { readShowSess } from '@limpet/haproxy';
import { IptablesError } from '@limpet/netfilter';
import { configFolder, globalFile } from '../src/haproxy/config/names.ts';

/** Faults that a transcript has asked for. */
export interface TranscriptFaults {
  /** `haproxy -c` rejects configurations with this text in them. */
  rejectedText: string | undefined;
  /** The next reload fails. */
  reload: boolean;
  /** Another program holds iptables' lock. */
  iptables: boolean;
}

/** What the ports of one router tell a transcript. */
export interface PortsListener {
  faults: TranscriptFaults;
  /**
   * The router is about to make a call; `lines` say what it changes. Never resolves once the router's process is dead,
   * or dies of this very call.
   */
  before(lines: readonly string[]): Promise<void>;
  /** One connection is opened or ended. */
  connection(line: string): void;
  print(line: string): void;
  /** Never resolves once the router's process is dead. */
  alive<T>(value: T): Promise<T>;
}

/** Commands of a call of HAProxy's CLI that change something. */
const changesOf = (method: 'runtime' | 'master', request: unknown): string[] =>
  changingCommands({ port: 'haproxy', method, args: [request] });

/** Changed rows, by what they are of: `rules 10.0.53.2:80, ids 10.0.53.2:80`. */
const describe = (changes: readonly StateChange[]): string =>
  changes.map(({ kind, key, value }) => `${value === undefined ? 'no ' : ''}${kind} ${key}`).join(', ');

/** File names without their directory. */
const short = (text: string): string => text.replaceAll('/limpet/', '');

/** The host's ports as a router gets them: every call that changes something is told of before it is made. */
export function recordedPorts(host: MemoryDataPlane, listener: PortsListener): DataPlane {
  const { faults } = listener;
  const call = async <T>(lines: readonly string[], act: () => T | Promise<T>): Promise<T> => {
    await listener.before(lines);
    return listener.alive(await act());
  };
  const { clients: _, vms: __, ...rest } = host;
  const prober: Prober = host.prober;
  return {
    ...rest,
    clock: {
      now: () => host.clock.now(),
      sleep: async (ms) => listener.alive(await host.clock.sleep(ms)),
      after: (ms, run) => host.clock.after(ms, () => void listener.alive(undefined).then(run)),
    },
    files: {
      read: (path, maxBytes) => call([], () => host.files.read(path, maxBytes)),
      list: (folder) => call([], () => host.files.list(folder)),
      write: (path, text) => call([`write   ${basename(path)}`], () => host.files.write(path, text)),
      remove: (path) => call([`delete  ${basename(path)}`], () => host.files.remove(path)),
      lock: (path, lost) => host.files.lock(path, lost),
    },
    stateStore: {
      load: (path, kinds) => call([], () => host.stateStore.load(path, kinds)),
      commit: (path, changes) => call([`store   ${describe(changes)}`], () => host.stateStore.commit(path, changes)),
      close: () => call([], () => host.stateStore.close()),
    },
    haproxy: {
      version: () => call([], () => host.haproxy.version()),
      check: (path) =>
        call([], async () => {
          const text = faults.rejectedText;
          const verdict =
            text !== undefined && host.files.get(path)?.includes(text)
              ? { ok: false as const, message: `"${text}" is refused` }
              : await host.haproxy.check(path);
          listener.print(`check   ${basename(path)}: ${verdict.ok ? 'valid' : verdict.message}`);
          return verdict;
        }),
      running: () => call([], () => host.haproxy.running()),
      start: (path) => call(['start'], () => host.haproxy.start(path)),
      stop: () => call(['stop'], () => host.haproxy.stop()),
      signalReload: () => call([faults.reload ? 'reload  fails' : 'reload'], () => reload(host, faults)),
      master: async (command) => {
        const { text, connection } = await masterLine(host, command);
        return call(text === undefined || connection ? [] : [text], () => {
          if (connection) listener.connection(text!);
          return host.haproxy.master(command);
        });
      },
      runtime: (commands) =>
        call(
          changesOf('runtime', commands).map((command) => `runtime ${short(command)}`),
          () => host.haproxy.runtime(commands),
        ),
      pin: () => call([], () => host.haproxy.pin()),
    },
    packetFilter: {
      save: () => call([], () => host.packetFilter.save()),
      run: (args) => call([`iptables ${args.join(' ')}`], () => host.packetFilter.run(args)),
      restore: (text) =>
        call([], async () => {
          if (faults.iptables) {
            listener.print('iptables lock is held');
            throw new IptablesError('IPTABLES_RESTORE_FAILED', 'another program holds the xtables lock');
          }
          const before = await rulesOf(host);
          await host.packetFilter.restore(text);
          for (const line of differences(before, await rulesOf(host))) listener.print(`iptables ${line}`);
        }),
    },
    prober: {
      open: (path, source, protocol) =>
        call([], () => {
          listener.connection(`probe   ${basename(path, '.sock')}`);
          return prober.open(path, source, protocol);
        }),
    },
  };
}

/** A configuration that HAProxy cannot load stands in for one whose address it cannot bind. */
async function reload({ files, haproxy }: MemoryDataPlane, faults: TranscriptFaults): Promise<void> {
  if (!faults.reload) return haproxy.signalReload();
  faults.reload = false;
  const path = `/limpet/${configFolder}/${globalFile}`;
  const text = files.get(path)!;
  await files.write(path, 'cannot be loaded');
  await haproxy.signalReload();
  await files.write(path, text);
}

/** A command to the master as a transcript has it; without a text, it only reads. */
async function masterLine(
  { haproxy }: MemoryDataPlane,
  command: string,
): Promise<{ text?: string; connection: boolean }> {
  const [, pid, id] = /^@!(\d+) shutdown session (\S+)$/.exec(command) ?? [];
  if (id === undefined) {
    return changesOf('master', command).length === 0 ? { connection: false } : { text: command, connection: false };
  }
  const session = readShowSess(await haproxy.master(`@!${pid} show sess`)).find((each) => each.id === id);
  const old = pid === String(haproxy.current?.pid) ? '' : ' on an old worker';
  return { text: `drain   ${session?.source?.ip} ${session?.server}${old}`, connection: true };
}

const rulesOf = async ({ packetFilter }: MemoryDataPlane): Promise<string[]> =>
  (await packetFilter.save()).split('\n').filter((line) => line.startsWith('-A '));

/** Lines that went and lines that came; one that stands twice counts twice. */
function differences(before: readonly string[], after: readonly string[]): string[] {
  const without = (lines: readonly string[], others: readonly string[]): string[] => {
    const rest = [...others];
    return lines.filter((line) => {
      const at = rest.indexOf(line);
      if (at >= 0) rest.splice(at, 1);
      return at < 0;
    });
  };
  const words = (line: string): string => line.slice('-A '.length);
  return [
    ...without(before, after).map((line) => `- ${words(line)}`),
    ...without(after, before).map((line) => `+ ${words(line)}`),
  ];
}
