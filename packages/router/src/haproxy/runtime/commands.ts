import type { Haproxy } from '@limpet/data-plane';
import { type CliRequest, cliCommand } from '@limpet/haproxy';
import { RouterError } from '../../errors.ts';

/** A command to the worker, and its answer when it succeeds. */
export interface RuntimeOp {
  command: CliRequest;
  answer: RegExp;
}

/** The command without its payload, which may hold a private key. */
const commandOf = (request: CliRequest): string => (typeof request === 'string' ? request : request.command);

/** The answer of commands that print nothing when they succeed. */
export const noOutput = /^$/;
/** A command, word by word, and its answer when it succeeds. */
export const runtimeOp = (answer: RegExp, ...words: readonly (string | number)[]): RuntimeOp => ({
  command: cliCommand(...words.map(String)),
  answer,
});

/** Deletes a client's entry in a rule's table. */
export const forgetOp = (proxy: string, source: string): RuntimeOp =>
  runtimeOp(noOutput, 'clear', 'table', proxy, 'key', source);

/** Deletes all entries of a rule's table. */
export const forgetAllOp = (proxy: string): RuntimeOp => runtimeOp(noOutput, 'clear', 'table', proxy);

/** Adds an entry that sends a client to a server. The table must not have one for the client. */
export const seedOp = (proxy: string, source: string, serverId: number): RuntimeOp =>
  runtimeOp(noOutput, 'set', 'table', proxy, 'key', source, 'data.server_id', serverId);

/** Deletes a server, which must be in maintenance and without connections. */
export const deleteOp = (proxy: string, server: string): RuntimeOp =>
  runtimeOp(/^Server deleted\.$/, 'del', 'server', `${proxy}/${server}`);

/**
 * Runs commands in order on the current worker, and checks every answer.
 *
 * @param reads commands that follow in the same conversation, whose answers are not checked.
 * @returns the answers to `reads`.
 * @throws RouterError `ROUTER_COMMAND_REFUSED` with the command and the answer of the first that failed. Those after it
 * ran as well: the next plan starts from the live state that they left.
 */
export async function runOps(
  haproxy: Haproxy,
  ops: readonly RuntimeOp[],
  reads: readonly string[] = [],
): Promise<string[]> {
  if (ops.length + reads.length === 0) return [];
  const answers = await haproxy.runtime([...ops.map(({ command }) => command), ...reads]);
  const failed = ops.findIndex(({ answer }, index) => !answer.test(answers[index]!.trim()));
  if (failed >= 0) {
    throw new RouterError(
      'ROUTER_COMMAND_REFUSED',
      `HAProxy answered "${answers[failed]!.trim()}" to "${commandOf(ops[failed]!.command)}"; Limpet reads back what is there and plans again`,
    );
  }
  return answers.slice(ops.length);
}
