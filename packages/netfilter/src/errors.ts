/** Stable codes of {@link IptablesError}. */
export type IptablesErrorCode =
  | 'IPTABLES_SYNTAX'
  | 'IPTABLES_CHAIN'
  | 'IPTABLES_RULE'
  | 'IPTABLES_NOT_RUN'
  | 'IPTABLES_LOCKED'
  | 'IPTABLES_VERSION'
  | 'IPTABLES_SAVE_FAILED'
  | 'IPTABLES_RESTORE_FAILED';

/** The line that iptables complains of. */
export interface FailingLine {
  /** From 1. */
  number: number;
  text: string;
}

/** What this package throws. `code` is stable; `message` says what to do. */
export class IptablesError extends Error {
  override readonly name = 'IptablesError';
  readonly code: IptablesErrorCode;
  /** Absent when no single line is to blame. */
  readonly line: FailingLine | undefined;

  constructor(code: IptablesErrorCode, message: string, line?: FailingLine) {
    super(message);
    this.code = code;
    this.line = line;
  }
}
