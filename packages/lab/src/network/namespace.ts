import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../errors.ts';

/** A program and its arguments, as spawn takes them. */
export interface Command {
  file: string;
  args: string[];
}

function networkOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined; // ended meanwhile, or a zombie
  }
}

/** A network namespace, held by a process that ends when its stdin closes: with us at the latest. */
export class Namespace {
  readonly #holder: ChildProcess;
  /**
   * Linux gives the number of a namespace that is gone to the next one. While `close` looks for processes by the number,
   * that would be another lab, whose processes it would kill; so the namespace stays until `close` has ended.
   */
  readonly #open: number;
  readonly #identity: string;
  #closing: Promise<void> | undefined;

  private constructor(holder: ChildProcess) {
    const path = `/proc/${holder.pid}/ns/net`;
    this.#holder = holder;
    this.#open = openSync(path, 'r');
    this.#identity = readlinkSync(path);
  }

  /** @throws LabError `LAB_SETUP_FAILED` */
  static async open(): Promise<Namespace> {
    const holder = spawn('unshare', ['--net', 'cat'], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const ended = once(holder, 'close').then(() => {
      throw new LabError('LAB_SETUP_FAILED', `a network namespace could not be made: ${holder.stderr.read() ?? ''}`);
    });
    // The echo tells that cat runs, hence that the namespace exists.
    holder.stdin.write('\n');
    await Promise.race([once(holder.stdout, 'data'), ended]);
    ended.catch(() => {});
    return new Namespace(holder);
  }

  /** The process that holds the namespace; `ip link ... netns PID` names a namespace by it. */
  get pid(): number {
    return this.#holder.pid!;
  }

  /** The command that runs `file` in this namespace, as the same process (nsenter replaces itself). */
  enter(file: string, args: readonly string[]): Command {
    return { file: 'nsenter', args: [`--net=/proc/${this.pid}/ns/net`, '--', file, ...args] };
  }

  /** Kills all processes in the namespace, however they came there, and waits until none is left. */
  close(): Promise<void> {
    this.#closing ??= this.#end(new Set()).finally(() => closeSync(this.#open));
    return this.#closing;
  }

  /** The same, but for its holder and these processes. */
  endOthers(kept: readonly number[]): Promise<void> {
    return this.#end(new Set([this.pid, ...kept]));
  }

  async #end(kept: ReadonlySet<number>): Promise<void> {
    const others = (): number[] => this.#pids().filter((pid) => !kept.has(pid));
    // Again and again: a process may fork between the listing and its end.
    for (let pids = others(); pids.length > 0; pids = others()) {
      for (const pid of pids) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
        }
      }
      await sleep(1);
    }
  }

  #pids(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && networkOf(name) === this.#identity)
      .map(Number);
  }
}
