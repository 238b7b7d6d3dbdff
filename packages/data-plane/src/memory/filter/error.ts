/** An error of iptables: its stderr and its exit code (1 failed, 2 bad arguments, 4 busy). */
export class IptablesError extends Error {
  override readonly name = 'IptablesError';
  readonly code = 'IPTABLES_FAILED';
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
