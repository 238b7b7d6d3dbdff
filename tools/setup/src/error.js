/** Something that set-up cannot mend by itself; the message says what the user can do. */
export class SetupError extends Error {
  /**
   * @param {'SETUP_NPM_FAILED' | 'SETUP_NODE_TOO_OLD' | 'SETUP_UNKNOWN_COMMAND'} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = 'SetupError';
    this.code = code;
  }
}
