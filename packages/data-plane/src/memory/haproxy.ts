import { type Capabilities, type CliRequest, capabilitiesOf, HaproxyError, type HaproxyVersion } from '@limpet/haproxy';
import { isConfigFile } from '../config-folder.ts';
import type { Clock, ConfigCheck, Haproxy, PinnedWorker } from '../ports.ts';
import { runMaster } from './cli/master.ts';
import { runWorker } from './cli/worker.ts';
import { compileConfig } from './config/compile.ts';
import type { BindSpec, ConfigSpec } from './config/spec.ts';
import type { MemoryFiles } from './files.ts';
import type { WorkerEnvironment } from './worker.ts';
import { Worker } from './worker.ts';

/** The master process, as in `show proc`. */
export interface Master {
  pid: number;
  startedAt: number;
  configPath: string;
  /** All reloads, failed ones included. */
  reloads: number;
  /** Failed reloads since the last successful one. */
  failed: number;
}

/** What the emulated HAProxy reads, binds and connects to. */
export interface MemoryHaproxyOptions {
  files: MemoryFiles;
  clock: Clock;
  /** Whether the kernel lets HAProxy bind an address. */
  isBindable(ip: string): boolean;
  vmAt(ip: string, port: number): string | undefined;
  /** Whether another process listens on the address without SO_REUSEPORT, which both would have to set (socket(7)). */
  isTaken(ip: string, port: number): boolean;
  /** Milliseconds for which a reload's new worker learns the tables of the old one. */
  lessonMs: number;
  version: HaproxyVersion;
}

/** An emulator of HAProxy, of any known version, in master-worker mode, as far as routers and clients can observe it. */
export class MemoryHaproxy implements Haproxy {
  readonly #options: MemoryHaproxyOptions;
  readonly #capabilities: Capabilities;
  readonly #environment: WorkerEnvironment;
  #nextPid = 100;
  #nextPointer = 0x55d0_1000_0000;
  #master: Master | undefined;
  #current: Worker | undefined;
  #old: Worker[] = [];

  constructor(options: MemoryHaproxyOptions) {
    this.#options = options;
    this.#capabilities = capabilitiesOf(options.version);
    this.#environment = {
      capabilities: this.#capabilities,
      now: () => options.clock.now(),
      vmAt: options.vmAt,
      newPointer: () => {
        this.#nextPointer += 0x40;
        return `0x${this.#nextPointer.toString(16)}`;
      },
    };
  }

  async version(): Promise<HaproxyVersion> {
    return this.#options.version;
  }

  async check(path: string): Promise<ConfigCheck> {
    const compiled = this.#compile(path);
    return compiled.ok ? { ok: true } : { ok: false, message: compiled.alerts.join('\n') };
  }

  async running(): Promise<boolean> {
    return this.#master !== undefined;
  }

  async start(path: string): Promise<void> {
    if (this.#master)
      throw new HaproxyError('HAPROXY_START_FAILED', 'HAProxy runs already: reload it, or stop it first');
    const loaded = this.#load(path);
    if (!loaded.ok) throw new HaproxyError('HAPROXY_START_FAILED', loaded.alerts.join('\n'));
    this.boot(loaded.config, path);
  }

  /** Starts with a compiled configuration. */
  boot(config: ConfigSpec, configPath = ''): Worker {
    const startedAt = this.#options.clock.now();
    this.#master = { pid: this.#newPid(), startedAt, configPath, reloads: 0, failed: 0 };
    this.#current = new Worker(this.#newPid(), config, this.#environment);
    return this.#current;
  }

  async stop(): Promise<void> {
    for (const worker of this.workers()) for (const connection of worker.connections()) worker.close(connection);
    this.#master = undefined;
    this.#current = undefined;
    this.#old = [];
  }

  async signalReload(): Promise<void> {
    const { master, current } = this.#running();
    master.reloads += 1;
    for (const worker of this.workers()) worker.reloads += 1;
    const loaded = this.#load(master.configPath);
    if (!loaded.ok) {
      master.failed += 1;
      return;
    }
    master.failed = 0;
    const successor = new Worker(this.#newPid(), loaded.config, this.#environment);
    successor.learnFrom(current, this.#options.lessonMs);
    current.softStop();
    this.#old.push(current);
    this.#current = successor;
  }

  async master(command: string): Promise<string> {
    const { master, current } = this.#running();
    if (command.trim() === 'reload') {
      await this.signalReload();
      return this.#capabilities.supported.has('masterReloadResult') ? `Success=${master.failed === 0 ? 1 : 0}` : '';
    }
    return runMaster(
      { master, capabilities: this.#capabilities, current, old: this.#livingOld(), now: this.#options.clock.now() },
      command,
    );
  }

  async runtime(commands: readonly CliRequest[]): Promise<string[]> {
    const { current } = this.#running();
    if (!current.config.runtimeCli) {
      throw new HaproxyError(
        'HAPROXY_CLI_UNREACHABLE',
        'the config has no "stats socket": add one to its global section',
      );
    }
    this.#sweep();
    return commands.map((command) => runWorker(current, command, 'unix_stream'));
  }

  async pin(): Promise<PinnedWorker> {
    const { current } = this.#running();
    const pin = {};
    current.pins.add(pin);
    return {
      pid: current.pid,
      run: async (commands) => {
        if (!current.pins.has(pin) || !this.workers().includes(current)) {
          throw new HaproxyError(
            'HAPROXY_CLI_TRUNCATED',
            'the conversation with a worker broke off: the worker has ended',
          );
        }
        return commands.map((command) => runWorker(current, command, 'unix_stream'));
      },
      release: () => current.pins.delete(pin),
    };
  }

  /** The worker that listens; undefined when HAProxy is not running. */
  get current(): Worker | undefined {
    this.#sweep();
    return this.#current;
  }

  /** The current worker, and the old ones that still have connections, those of the CLI among them, or teach their tables. */
  workers(): Worker[] {
    this.#sweep();
    return [...(this.#current ? [this.#current] : []), ...this.#old];
  }

  #livingOld(): Worker[] {
    this.#sweep();
    return this.#old;
  }

  /** Applies time-outs. Runs before each observation, so that they cannot be observed to be late. */
  #sweep(): void {
    this.#current?.closeIdle();
    for (const worker of this.#old) worker.closeIdle();
    const teacher = this.#current?.teacher;
    this.#old = this.#old.filter((worker) => worker === teacher || worker.connections().length + worker.pins.size > 0);
  }

  #compile(path: string) {
    const text = this.#configOf(path);
    if (text === undefined) {
      return { ok: false as const, alerts: [`Could not open configuration file ${path} : No such file or directory`] };
    }
    return compileConfig(text, (file) => this.#options.files.get(file), this.#capabilities);
  }

  /** The text of a file, or of all files `*.cfg` of a folder: HAProxy reads them as if they were one. */
  #configOf(path: string): string | undefined {
    const { files } = this.#options;
    const text = files.get(path);
    if (text !== undefined) return text;
    const names = files.names(path).filter(isConfigFile);
    return names.length === 0 ? undefined : names.map((name) => files.get(`${path}/${name}`)).join('\n');
  }

  /**
   * Compiles and binds: an address that is not local, or that another process listens on, passes `haproxy -c`, and fails here,
   * unless the worker before hands its socket over (`expose-fd listeners`).
   */
  #load(path: string) {
    const compiled = this.#compile(path);
    if (!compiled.ok) return compiled;
    const alerts = compiled.config.proxies.flatMap(({ name, binds }) =>
      binds.flatMap((bind) => ('unix' in bind ? [] : this.#bindAlerts(name, bind))),
    );
    return alerts.length > 0 ? { ok: false as const, alerts } : compiled;
  }

  #bindAlerts(proxy: string, { address, port, transparent }: Exclude<BindSpec, { unix: string }>): string[] {
    const refused = (why: string) => [
      `Binding for proxy ${proxy}: cannot bind socket (${why}) for [${address}:${port}]`,
    ];
    const isOwn = this.#current?.listeners(
      (bind) => 'address' in bind && bind.address === address && bind.port === port,
    );
    if (isOwn?.length) return [];
    const isBindable =
      transparent || ['*', '0.0.0.0', '127.0.0.1'].includes(address) || this.#options.isBindable(address);
    if (!isBindable) return refused('Cannot assign requested address');
    return this.#options.isTaken(address, port) ? refused('Address already in use') : [];
  }

  #running(): { master: Master; current: Worker } {
    const master = this.#master;
    const current = this.#current;
    if (!master || !current) throw new HaproxyError('HAPROXY_NOT_RUNNING', 'HAProxy does not run: start it first');
    return { master, current };
  }

  #newPid(): number {
    this.#nextPid += 1;
    return this.#nextPid;
  }
}
