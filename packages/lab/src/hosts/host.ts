import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LabError } from '../errors.ts';
import type { Namespace } from '../network/namespace.ts';
import type { HostCall, HostMethods, HostReply } from './host-protocol.ts';

interface Pending {
  resolve(value: unknown): void;
  reject(error: LabError): void;
}

/** The lab's side of a process that carries clients or VMs in a network namespace of its own. */
export class Host<T extends HostMethods<T>> {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  /** Starts `script` (a file beside this one) in `namespace`. Calls may be made at once. */
  constructor(namespace: Namespace, script: string, args: readonly string[] = []) {
    this.#name = script;
    const file = fileURLToPath(new URL(script, import.meta.url));
    const command = namespace.enter(process.execPath, [file, ...args]);
    // In a session of its own: Ctrl-C is for the program that uses the lab, which then closes it.
    this.#child = spawn(command.file, command.args, { detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (reply: HostReply) => this.#settle(reply));
    this.#child.on('error', (error) => this.#abandon(error.message));
    this.#child.on('exit', (code, signal) => this.#abandon(`it ended with ${signal ?? `exit code ${code}`}`));
  }

  /** The process; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Calls `method` in the process. Rejects with the LabError of the method, or `LAB_HOST_DIED`. */
  call<M extends keyof T & string>(method: M, argument: Parameters<T[M]>[0]): ReturnType<T[M]> {
    const id = ++this.#lastId;
    return new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      const call: HostCall = { id, method, argument };
      this.#child.send(call, (error) => {
        if (error !== null) this.#abandon(error.message);
      });
    }) as ReturnType<T[M]>;
  }

  /** Ends the process and its connections at once. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }

  #settle(reply: HostReply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.ok) pending?.resolve(reply.value);
    else pending?.reject(new LabError(reply.code, reply.message));
  }

  #abandon(why: string): void {
    for (const { reject } of this.#pending.values()) {
      reject(new LabError('LAB_HOST_DIED', `${this.#name} does not answer: ${why}. Close this lab and open another.`));
    }
    this.#pending.clear();
  }
}
