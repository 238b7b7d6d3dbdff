import { IptablesError, type IptablesErrorCode } from './errors.ts';

/** Runs a program to its end. Rejects only when it cannot be run at all. */
export type Exec = (
  file: string,
  args: readonly string[],
  options?: { input?: string },
) => Promise<{ code: number; stdout: string; stderr: string }>;

/** iptables-legacy locks; without `-w` the second of two calls fails at once. Seconds. */
const waitForLock = ['-w', '5'];

/** iptables by its programs. Needs CAP_NET_ADMIN in the network namespace. */
export class Iptables {
  readonly #exec: Exec;

  constructor(options: { exec: Exec }) {
    this.#exec = options.exec;
  }

  /**
   * `iptables-save -t filter`.
   *
   * @throws IptablesError `IPTABLES_SAVE_FAILED`.
   */
  async save(): Promise<string> {
    const { code, stdout, stderr } = await this.#exec('iptables-save', ['-t', 'filter']);
    if (code !== 0) throw failure('IPTABLES_SAVE_FAILED', 'iptables-save', code, stderr, '');
    return stdout;
  }

  /**
   * `iptables-restore --noflush`: all of the text comes into force at once, or nothing of it.
   *
   * @throws IptablesError `IPTABLES_RESTORE_FAILED` with the line that iptables names (nf_tables may name the COMMIT).
   */
  async restore(text: string): Promise<void> {
    const { code, stderr } = await this.#exec('iptables-restore', ['--noflush', ...waitForLock], { input: text });
    if (code !== 0) throw failure('IPTABLES_RESTORE_FAILED', 'iptables-restore', code, stderr, text);
  }

  /** `iptables ARGS`: the exit code. 0: done, or (`-C`) the rule is there; 1: it is not, or refused; 2: wrong words. */
  async run(args: readonly string[]): Promise<number> {
    const { code } = await this.#exec('iptables', [...waitForLock, ...args]);
    return code;
  }
}

function failure(
  code: IptablesErrorCode,
  program: string,
  exitCode: number,
  stderr: string,
  input: string,
): IptablesError {
  const complaint = stderr
    .split('\n')
    .map((line) => line.replace(/^iptables-(save|restore)( v\S+ \(\w+\))?: /, '').trim())
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
