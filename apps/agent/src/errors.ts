/**
 * Codes of the agent's errors, as of its process and its clients. Answers of its API have codes of their own
 * (`api/problem.ts`).
 *
 * - `AGENT_CONFIG_INVALID`: the configuration file is invalid; each line is one problem with its position and key.
 * - `AGENT_CONFIG_UNREADABLE`: no such file, or no permission to read it.
 * - `AGENT_SOCKET_UNUSABLE`: another process listens on the socket, or it cannot be made there.
 * - `AGENT_CREDENTIALS_UNUSABLE`: the token, the certificates or their keys for TCP; others may read the token.
 * - `AGENT_NOT_RUNNING`: nobody listens on the socket.
 * - `AGENT_NOT_RESPONDING`: somebody listens on the socket, and answers nothing.
 * - `AGENT_ANSWER_INVALID`: what answers on the socket is not an agent of this version.
 */
export type AgentErrorCode =
  | 'AGENT_CONFIG_INVALID'
  | 'AGENT_CONFIG_UNREADABLE'
  | 'AGENT_SOCKET_UNUSABLE'
  | 'AGENT_CREDENTIALS_UNUSABLE'
  | 'AGENT_NOT_RUNNING'
  | 'AGENT_NOT_RESPONDING'
  | 'AGENT_ANSWER_INVALID';

/** An error for the operator. Each line of the message is complete, and names the key or the remedy. */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly code: AgentErrorCode;
  /** All problems, one a line. */
  readonly lines: readonly string[];

  constructor(code: AgentErrorCode, lines: readonly string[], options?: ErrorOptions) {
    super(lines.join('\n'), options);
    this.code = code;
    this.lines = lines;
  }
}
