import { HaproxyError, type HaproxyErrorCode } from '../errors.ts';
import { type Conversation, converse, type Reply } from './conversation.ts';
import { type CliRequest, commandOf, requestText } from './request.ts';

/**
 * A batch that was answered in part, or not at all. What was answered was carried out; what comes after it may or may
 * not be in force: read it back.
 */
export class PartialBatchError extends HaproxyError {
  /** The answers that came whole, in order. A reset may swallow answers: at least so many commands were carried out. */
  readonly answers: readonly string[];
  /** The commands without a whole answer, in order. */
  readonly unanswered: readonly string[];

  constructor(code: HaproxyErrorCode, message: string, answers: readonly string[], unanswered: readonly string[]) {
    super(code, message);
    this.answers = answers;
    this.unanswered = unanswered;
  }
}

/**
 * Runs requests in order over one connection, one a line, pipelined in interactive mode, where a prompt ends each
 * answer: answers hold blank lines of their own (`show sess`, `show table`), so that nothing else tells where they end.
 *
 * @param prompt What the CLI prompts with, with what stands before it.
 * @returns An answer for each request, without the line breaks at its end.
 * @throws HaproxyError `HAPROXY_CLI_ARGUMENT` (nothing was sent), `HAPROXY_CLI_UNREACHABLE`,
 * `HAPROXY_UNEXPECTED_OUTPUT` (more answers than commands).
 * @throws PartialBatchError `HAPROXY_CLI_TIMEOUT`, `HAPROXY_CLI_TRUNCATED`.
 */
export async function runBatch(
  { socketPath, timeoutMs }: Pick<Conversation, 'socketPath' | 'timeoutMs'>,
  requests: readonly CliRequest[],
  prompt: RegExp,
): Promise<string[]> {
  const lines = requests.map(requestText);
  if (lines.length === 0) return [];
  const request = ['prompt\n', ...lines, 'quit\n'].join('');
  const reply = await converse({ socketPath, request, halfClose: false, timeoutMs });
  // The first prompt answers `prompt`; what follows the last one answers `quit`, or is an answer that is cut off.
  const parts = reply.text.split(prompt).slice(1);
  const rest = parts.pop() ?? reply.text;
  const answers = parts.map((part, at) => answerOf(part, requests[at]));
  if (answers.length === requests.length) return answers;
  if (answers.length > requests.length) {
    throw new HaproxyError(
      'HAPROXY_UNEXPECTED_OUTPUT',
      `${answers.length} answers came to ${requests.length} commands on ${socketPath}; is it HAProxy that listens there?`,
    );
  }
  throw partial(socketPath, timeoutMs, requests.map(commandOf), answers, rest, reply);
}

/** While a payload is read, interactive mode prompts with `+ ` for each line of it. */
function answerOf(part: string, request: CliRequest | undefined): string {
  return (typeof request === 'object' ? part.replace(/^(\+ )+/, '') : part).replace(/\n+$/, '');
}

function partial(
  socketPath: string,
  timeoutMs: number,
  commands: readonly string[],
  answers: readonly string[],
  rest: string,
  { ending }: Reply,
): PartialBatchError {
  const last = commands[answers.length - 1] ?? 'prompt';
  const how = { silent: `was silent for ${timeoutMs} ms`, reset: 'cut the connection off', closed: 'hung up' }[ending];
  const lastWords = rest.trim() === '' ? '' : ` (its last words: ${JSON.stringify(rest.trim().slice(0, 120))})`;
  return new PartialBatchError(
    ending === 'silent' ? 'HAPROXY_CLI_TIMEOUT' : 'HAPROXY_CLI_TRUNCATED',
    `HAProxy ${how} on ${socketPath} after ${answers.length} answers to ${commands.length} commands, the last to "${last.slice(0, 80)}"${lastWords}; what was asked after it may or may not be in force: read it back`,
    answers,
    commands.slice(answers.length),
  );
}
