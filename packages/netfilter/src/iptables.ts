import { IptablesError, type IptablesErrorCode } from './errors.ts';
import { type ManagedChain, renderChain } from './managed-chain.ts';

/** Runs a program to its end. Rejects only when it cannot be run at all. */
export type Exec = (
  file: string,
  args: readonly string[],
  options?: { input?: string },
) => Promise<{ code: number; stdout: string; stderr: string }>;

/** The two implementations that a distribution may install side by side. They do not see each other's rules. */
export type Backend = 'legacy' | 'nft';

/** What `iptables --version` says. */
export interface IptablesVersion {
  /** `1.8.9`. */
  version: string;
  backend: Backend;
}

/** Which iptables is run, how, and how patiently. */
export interface IptablesOptions {
  exec: Exec;
  /** Runs `iptables-legacy` or `iptables-nft` and their kin; absent: whatever `iptables` is on this machine. */
  backend?: Backend;
  /** Whole seconds to wait for the lock of iptables-legacy, which would wait for ever; 5. nf_tables has no lock. */
  lockSeconds?: number;
}

/** XTABLES_RESOURCE_PROBLEM of include/xtables.h: what iptables ends with when the lock stays held. */
const resourceProblem = 4;

/**
 * iptables by its programs. Needs CAP_NET_ADMIN in the network namespace. Every call throws `IPTABLES_NOT_RUN` when the
 * program cannot be run at all.
 */
export class Iptables {
  readonly #exec: Exec;
  readonly #program: string;
  readonly #wait: readonly string[];

  constructor({ exec, backend, lockSeconds = 5 }: IptablesOptions) {
    this.#exec = exec;
    this.#program = backend === undefined ? 'iptables' : `iptables-${backend}`;
    this.#wait = ['-w', String(lockSeconds)];
  }

  /**
   * Which iptables it is.
   *
   * @throws IptablesError `IPTABLES_VERSION`.
   */
  async version(): Promise<IptablesVersion> {
    const { stdout } = await this.#call(this.#program, ['--version']);
    const match = /^iptables v(\d+(?:\.\d+)+)(?: \((legacy|nf_tables)\))?$/m.exec(stdout);
    if (!match) {
      const said = JSON.stringify(stdout.slice(0, 80));
      throw new IptablesError('IPTABLES_VERSION', `"${this.#program} --version" said ${said}; is iptables installed?`);
    }
    // Before 1.8 there was but one, and it did not say so.
    return { version: match[1]!, backend: match[2] === 'nf_tables' ? 'nft' : 'legacy' };
  }

  /**
   * `iptables-save -t TABLE`; with `counters`, those of the rules too (`-c`).
   *
   * @throws IptablesError `IPTABLES_SAVE_FAILED`.
   */
  async save(table: ManagedChain['table'] = 'filter', options: { counters?: boolean } = {}): Promise<string> {
    const program = `${this.#program}-save`;
    const args = ['-t', table, ...(options.counters ? ['-c'] : [])];
    const { code, stdout, stderr } = await this.#call(program, args);
    if (code !== 0) throw failure('IPTABLES_SAVE_FAILED', program, code, stderr, '');
    return stdout;
  }

  /**
   * `iptables-restore --noflush`: all of the text comes into force at once, or nothing of it.
   *
   * @throws IptablesError `IPTABLES_LOCKED`; `IPTABLES_RESTORE_FAILED` with the line that iptables names (nf_tables may
   * name the COMMIT).
   */
  async restore(text: string): Promise<void> {
    const program = `${this.#program}-restore`;
    const { code, stderr } = await this.#call(program, ['--noflush', ...this.#wait], { input: text });
    if (code !== 0) throw failure('IPTABLES_RESTORE_FAILED', program, code, stderr, text);
  }

  /**
   * Makes the chain hold these rules and no others, at once; see {@link renderChain}.
   *
   * @throws IptablesError `IPTABLES_CHAIN`, `IPTABLES_RULE` (nothing was run), and those of `restore`.
   */
  async replaceChain(own: ManagedChain): Promise<void> {
    await this.restore(renderChain(own));
  }

  /**
   * `iptables ARGS`: the exit code. 0: done, or (`-C`) the rule is there; 1: it is not, or refused; 2: wrong words.
   *
   * @throws IptablesError `IPTABLES_LOCKED`.
   */
  async run(args: readonly string[]): Promise<number> {
    const { code, stderr } = await this.#call(this.#program, [...this.#wait, ...args]);
    if (isLocked(code, stderr)) throw locked(this.#program);
    return code;
  }

  async #call(...call: Parameters<Exec>): ReturnType<Exec> {
    try {
      return await this.#exec(...call);
    } catch (error) {
      const { message } = error as Error;
      const advice = 'is iptables installed, and its folder (/usr/sbin) on the PATH?';
      throw new IptablesError('IPTABLES_NOT_RUN', `${call[0]} cannot be run (${message}); ${advice}`);
    }
  }
}

const isLocked = (code: number, stderr: string): boolean => code === resourceProblem && stderr.includes('xtables lock');

const locked = (program: string): IptablesError =>
  new IptablesError(
    'IPTABLES_LOCKED',
    `${program} waited in vain for the lock /run/xtables.lock, which another program holds; nothing was changed; try again, or find who holds it (fuser /run/xtables.lock)`,
  );

function failure(
  code: IptablesErrorCode,
  program: string,
  exitCode: number,
  stderr: string,
  input: string,
): IptablesError {
  if (isLocked(exitCode, stderr)) return locked(program);
  const complaint = stderr
    .split('\n')
    .map((line) => line.replace(/^iptables-(\w+-)?(save|restore)( v\S+ \(\w+\))?: /, '').trim())
    .filter((line) => line !== '' && !line.startsWith('Try `'))
    .join('; ');
  const number = Number(/line:? (\d+)/.exec(stderr)?.[1]);
  const text = input.split('\n')[number - 1];
  const where = text === undefined ? '' : ` (line ${number}: "${text}")`;
  const remedy = /permission denied/i.test(stderr) ? '; run as root, or in a network namespace of your own' : '';
  return new IptablesError(
    code,
    `${program} ended with ${exitCode}: ${complaint || 'it gave no reason'}${where}${remedy}; nothing was changed`,
    text === undefined ? undefined : { number, text },
  );
}
