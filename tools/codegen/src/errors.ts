/** Why the model cannot be turned into code. */
export type CodegenErrorCode =
  | 'CODEGEN_NO_MODEL'
  | 'CODEGEN_BAD_MACHINE'
  | 'CODEGEN_BAD_TYPE'
  | 'CODEGEN_COMMAND_WITHOUT_PAYLOAD'
  | 'CODEGEN_PAYLOAD_WITHOUT_COMMAND'
  | 'CODEGEN_EVENTS_DIFFER';

/** The model says something that code cannot be generated from. The message names the file, the name and the remedy. */
export class CodegenError extends Error {
  override readonly name = 'CodegenError';
  readonly code: CodegenErrorCode;
  /** Path of the file to mend. */
  readonly file: string;

  constructor(code: CodegenErrorCode, file: string, message: string) {
    super(`${file}: ${message}`);
    this.code = code;
    this.file = file;
  }
}
