import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { MasterClient } from '../cli/master-client.ts';
import { type PinnedWorker, pinWorker } from '../cli/pinned-worker.ts';
import type { CliRequest } from '../cli/request.ts';
import { RuntimeClient } from '../cli/runtime-client.ts';
import { HaproxyError } from '../errors.ts';
import { readShowInfo } from '../readers/show-info.ts';
import { readShowProc } from '../readers/show-proc.ts';
import { type HaproxyVersion, readVersion } from '../version/read-version.ts';
import { haproxyBinary } from './binary.ts';
import type { Exec, Spawn } from './exec.ts';
import { cleanMessages } from './messages.ts';
import { OutputTail } from './output-tail.ts';
import { processesOf } from './processes-of.ts';
import { childEnds, exists, isAlive, kill, processEnds } from './signals.ts';

/** The verdict of `haproxy -c`. */
export type ConfigCheck = { ok: true } | { ok: false; message: string };

/** The programs, sockets and files of one HAProxy. */
export interface HaproxyProcessOptions {
  exec: Exec;
  spawn: Spawn;
  /** What `start()` reads when it gets no path of its own. */
  configPath: string;
  /** Where the master's CLI is to listen; mode 600. */
  masterSocket: string;
  /** The `stats socket` of the configuration: with `level admin expose-fd listeners`, or a reload closes the listeners. */
  statsSocket: string;
  pidFile: string;
  /** Default: what `LIMPET_HAPROXY` names, or else `haproxy` on the PATH. */
  binary?: string;
  /** True: HAProxy goes on when the program that started it ends. Its configuration's path must be absolute then. */
  daemon?: boolean;
  /** Who starts HAProxy in place of this program. */
  unit?: HaproxyUnit;
}

/**
 * A unit of a service manager that runs `haproxy -Ws` on these sockets, files and `configPath`, and starts it again when it
 * ends. It outlives whoever steers it.
 */
export interface HaproxyUnit {
  /** Its name, for messages, such as `limpet-haproxy.service`. */
  name: string;
  /** The unit is started when this file is written. */
  startFile: string;
}

/** How long HAProxy may take to serve, and to end. 2000 rules x 10 servers take 3 s to load. */
const startTimeoutMs = 30_000;
const stopTimeoutMs = 5_000;
/** A reload re-executes the master: its socket refuses connections for 0.05 to 2.6 s. */
const masterGapMs = 10_000;
/** The same for a master that did not answer the last time: it is not waited for so long twice. */
const silentMasterMs = 1_000;
const pollMs = 5;

/** One HAProxy in master-worker mode, in the foreground. Adopts one that is already up on `masterSocket`. */
export class HaproxyProcess {
  readonly #options: HaproxyProcessOptions;
  readonly #binary: string;
  readonly #master: MasterClient;
  /** For a master that was silent. */
  readonly #silentMaster: MasterClient;
  readonly #runtime: RuntimeClient;
  #child: ChildProcess | undefined;
  /** The master that another program started. */
  #adopted: number | undefined;
  #silent = false;

  constructor(options: HaproxyProcessOptions) {
    this.#options = options;
    this.#binary = options.binary ?? haproxyBinary();
    this.#master = new MasterClient({ socketPath: options.masterSocket });
    this.#silentMaster = new MasterClient({ socketPath: options.masterSocket, timeoutMs: silentMasterMs });
    this.#runtime = new RuntimeClient({ socketPath: options.statsSocket });
  }

  /**
   * `haproxy -c` (with `-q`, 2.6 says nothing at all). A configuration that passes may still fail to load: `-c` binds
   * nothing.
   */
  async check(path: string): Promise<ConfigCheck> {
    const { code, stdout, stderr } = await this.#options.exec(this.#binary, ['-c', '-f', path]);
    return code === 0 ? { ok: true } : { ok: false, message: cleanMessages(`${stdout}${stderr}`) };
  }

  /**
   * The installed HAProxy, by `haproxy -vv`; the one that runs may be another until it is restarted.
   *
   * @throws HaproxyError `HAPROXY_VERSION`: it cannot be run; `HAPROXY_UNEXPECTED_OUTPUT`.
   */
  async version(): Promise<HaproxyVersion> {
    const { code, stdout, stderr } = await this.#options.exec(this.#binary, ['-vv']);
    if (code === 0) return readVersion(stdout);
    throw new HaproxyError('HAPROXY_VERSION', `${this.#binary} -vv fails (${stderr.trim()}); is HAProxy installed?`);
  }

  /**
   * True when a master is up.
   *
   * @throws HaproxyError `HAPROXY_NOT_RESPONDING`: it is there, or its workers are, and it does not answer.
   */
  async running(): Promise<boolean> {
    return (await this.#masterPid()) !== undefined;
  }

  /**
   * Starts the master, and resolves when its first worker answers on the stats socket.
   *
   * @throws HaproxyError `HAPROXY_START_FAILED` with HAProxy's own complaint; `HAPROXY_NOT_RESPONDING`: a second one would
   * share its ports with the first.
   */
  async start(path: string = this.#options.configPath): Promise<void> {
    if (this.#options.unit) return this.#startUnit(this.#options.unit);
    if (await this.running()) {
      throw new HaproxyError('HAPROXY_START_FAILED', 'HAProxy is running already; reload it, or stop it first');
    }
    const { daemon, masterSocket, pidFile, spawn } = this.#options;
    const args = ['-W', '-S', `${masterSocket},mode,600`, '-p', pidFile, '-f', path];
    if (daemon) return this.#startDaemon(path, args);
    const child = spawn(this.#binary, args);
    const output = new OutputTail(child);
    // An unhandled 'error' event would end this process.
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) =>
        resolve(`${this.#binary} cannot be run (${error.message}); is haproxy installed?`),
      );
      child.once('close', () => resolve(cleanMessages(output.text()) || 'it ended without a word'));
    });
    this.#child = child;
    const served = new AbortController();
    try {
      const failure = await Promise.race([ended, this.#firstWorkerServes(served.signal)]);
      if (failure === undefined) return;
      this.#child = undefined;
      throw new HaproxyError('HAPROXY_START_FAILED', `HAProxy did not start with ${path}: ${failure}`);
    } catch (error) {
      if (this.#child) await this.stop();
      throw error;
    } finally {
      served.abort();
    }
  }

  /** With `-D`, HAProxy returns when it has bound its listeners, or could not. */
  async #startDaemon(path: string, args: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await this.#options.exec(this.#binary, ['-D', ...args]);
    if (code !== 0) {
      const complaint = cleanMessages(`${stdout}${stderr}`);
      throw new HaproxyError('HAPROXY_START_FAILED', `HAProxy did not start with ${path}: ${complaint}`);
    }
    try {
      await this.#firstWorkerServes(new AbortController().signal);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /**
   * The unit may have started HAProxy by itself meanwhile, with the files of before: whoever wants to know reads back what it
   * runs.
   */
  async #startUnit({ name, startFile }: HaproxyUnit): Promise<void> {
    await writeFile(startFile, '');
    try {
      await this.#firstWorkerServes(new AbortController().signal);
    } catch (error) {
      if (!(error instanceof HaproxyError)) throw error;
      const remedy = `"systemctl status ${name}" says why`;
      throw new HaproxyError('HAPROXY_START_FAILED', `${error.message}; ${remedy}`, { cause: error });
    }
  }

  /** Ends master and workers, old ones too, also when they hang; all connections are lost. Does nothing when none is up. */
  async stop(): Promise<void> {
    const pid = await this.#masterPid().catch(unlessSilent);
    if (pid !== undefined) this.#signal('SIGTERM', pid);
    if (pid === undefined || !(await this.#ends(pid))) {
      // Workers end by themselves when their master is gone (mworker_pipe_handler in src/mworker.c), unless they hang.
      if (pid !== undefined) this.#signal('SIGKILL', pid);
      const all = await this.#processes();
      for (const each of all) kill(each, 'SIGKILL');
      const left = await Promise.all([...(pid === undefined ? [] : [pid]), ...all].map((each) => this.#ends(each)));
      if (left.includes(false)) {
        throw new HaproxyError('HAPROXY_STOP_FAILED', `HAProxy (${pids(all)}) does not end, not even by SIGKILL`);
      }
    }
    this.#child = undefined;
    this.#silent = false;
  }

  /**
   * SIGUSR2 to the master, as `systemctl reload` does. Resolves when it is sent: a new worker or a grown `failed` in
   * `show proc` tells how the reload went.
   *
   * @throws HaproxyError `HAPROXY_NOT_RUNNING`, `HAPROXY_NOT_RESPONDING`.
   */
  async signalReload(): Promise<void> {
    const pid = await this.#masterPid();
    if (pid === undefined) throw new HaproxyError('HAPROXY_NOT_RUNNING', 'HAProxy is not running; start it first');
    this.#signal('SIGUSR2', pid);
  }

  /** One command to the master CLI. Waits out a reload in progress; only a `show` is repeated when it was cut off. */
  master(command: string): Promise<string> {
    return this.#outlastReload(() => this.#master.run(command), /^(@\S+ )?show /.test(command));
  }

  /**
   * Many commands to the master CLI over one connection, in order; one answer each. Waits out a reload in progress; what
   * was cut off is not repeated: the error says what was answered.
   */
  masterBatch(commands: readonly string[]): Promise<string[]> {
    return this.#outlastReload(() => this.#master.batch(commands), false);
  }

  async #outlastReload<T>(ask: () => Promise<T>, repeatable: boolean, gapMs = masterGapMs): Promise<T> {
    const giveUp = performance.now() + gapMs;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const again = isUnreachable(error) || (isTruncated(error) && repeatable);
        if (!again || performance.now() > giveUp || !(await this.#masterLives())) throw error;
        await sleep(pollMs);
      }
    }
  }

  /** Commands to the current worker, in order; one answer each. */
  runtime(requests: readonly CliRequest[]): Promise<string[]> {
    return this.#runtime.run(requests);
  }

  /** Holds on to the current worker: it does not end, and can be asked, until it is released. */
  pin(): Promise<PinnedWorker> {
    return pinWorker(this.#options.statsSocket);
  }

  /** Resolves to nothing when the worker that `show proc` names is the one that answers on the stats socket. */
  async #firstWorkerServes(signal: AbortSignal): Promise<undefined> {
    const giveUp = performance.now() + startTimeoutMs;
    while (!signal.aborted) {
      const problem = await this.#startProblem();
      if (problem === undefined) return;
      if (performance.now() > giveUp) {
        throw new HaproxyError(
          'HAPROXY_START_FAILED',
          `HAProxy does not serve after ${startTimeoutMs} ms: ${problem}; does its configuration have "stats socket ${this.#options.statsSocket} level admin", and is nobody else on it?`,
        );
      }
      await sleep(pollMs);
    }
  }

  async #startProblem(): Promise<string | undefined> {
    try {
      const { workers } = readShowProc(await this.#master.run('show proc'));
      const [info = ''] = await this.#runtime.run(['show info']);
      const { pid } = readShowInfo(info);
      return workers.some((worker) => worker.pid === pid) ? undefined : `process ${pid}, no worker of it, answers`;
    } catch (error) {
      if (error instanceof HaproxyError) return error.message;
      throw error;
    }
  }

  /** @throws HaproxyError `HAPROXY_NOT_RESPONDING`. */
  async #masterPid(): Promise<number | undefined> {
    if (isAlive(this.#child)) return this.#child.pid;
    const [master, gapMs] = this.#silent ? [this.#silentMaster, silentMasterMs] : [this.#master, masterGapMs];
    try {
      this.#adopted = readShowProc(await this.#outlastReload(() => master.run('show proc'), true, gapMs)).master.pid;
      this.#silent = false;
      return this.#adopted;
    } catch (error) {
      if (!(error instanceof HaproxyError)) throw error;
      const there = this.#isGone(error) ? [] : await this.#processes();
      this.#adopted = there[0];
      this.#silent = there.length > 0;
      if (!this.#silent) return undefined;
      throw new HaproxyError(
        'HAPROXY_NOT_RESPONDING',
        `HAProxy (${pids(there)}) is there and does not answer on ${this.#options.masterSocket}; end it with "kill -9 ${there.join(' ')}", or wait until it answers`,
        { cause: error },
      );
    }
  }

  /** True when whoever waited for the master to answer again has just looked for its processes, and there are none. */
  #isGone(error: HaproxyError): boolean {
    const wasWaitedFor = isUnreachable(error) || isTruncated(error);
    return wasWaitedFor && this.#adopted === undefined && !isAlive(this.#child);
  }

  /** Master and workers, whether they answer or not. */
  #processes(): Promise<number[]> {
    return processesOf(this.#options.pidFile, this.#options.exec);
  }

  /** Tells a master that re-executes itself from one that has gone. */
  async #masterLives(): Promise<boolean> {
    if (isAlive(this.#child) || (this.#adopted !== undefined && exists(this.#adopted))) return true;
    this.#adopted = (await this.#processes())[0];
    return this.#adopted !== undefined;
  }

  #signal(signal: NodeJS.Signals, pid: number): void {
    if (isAlive(this.#child)) this.#child.kill(signal);
    else kill(pid, signal);
  }

  /** True when the process has ended in time. */
  #ends(pid: number): Promise<boolean> {
    const child = this.#child;
    return child?.pid === pid ? childEnds(child, stopTimeoutMs) : processEnds(pid, stopTimeoutMs);
  }
}

const pids = (all: readonly number[]): string => `pid ${all.join(', ')}`;

const isUnreachable = (error: unknown): boolean =>
  error instanceof HaproxyError && error.code === 'HAPROXY_CLI_UNREACHABLE';

const isTruncated = (error: unknown): boolean =>
  error instanceof HaproxyError && error.code === 'HAPROXY_CLI_TRUNCATED';

function unlessSilent(error: unknown): undefined {
  if (error instanceof HaproxyError && error.code === 'HAPROXY_NOT_RESPONDING') return undefined;
  throw error;
}
