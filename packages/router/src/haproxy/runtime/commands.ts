import type { Haproxy } from '@limpet/data-plane';
import { type CliRequest, cliCommand } from '@limpet/haproxy';
import { RouterError } from '../../errors.ts';

/** A command to the worker, and what it answers when it worked. */
export interface RuntimeOp {
  command: CliRequest;
  answer: RegExp;
}

/** Without a payload, which may hold a key. */
const commandOf = (request: CliRequest): string => (typeof request === 'string' ? request : request.command);

/** The answer of commands that say nothing when they have worked. */
export const silence = /^$/;
/** A command, word by word, and the answer that says that it has worked. */
export const op = (answer: RegExp, ...words: readonly (string | number)[]): RuntimeOp => ({
  command: cliCommand(...words.map(String)),
  answer,
});

/** Forgets one client. */
export const forgetOp = (proxy: string, source: string): RuntimeOp =>
  op(silence, 'clear', 'table', proxy, 'key', source);

/** Forgets all clients. */
export const forgetAllOp = (proxy: string): RuntimeOp => op(silence, 'clear', 'table', proxy);

/** Where a client's connections go from now on, as an entry of the rule's table, which must not have one for it. */
export const seedOp = (proxy: string, source: string, serverId: number): RuntimeOp =>
  op(silence, 'set', 'table', proxy, 'key', source, 'data.server_id', serverId);

/** Deletes a server, which must be in maintenance and without connections. */
export const deleteOp = (proxy: string, server: string): RuntimeOp =>
  op(/^Server deleted\.$/, 'del', 'server', `${proxy}/${server}`);

/**
 * Runs them in order on the current worker and checks every answer.
 *
 * @param reads commands that follow in the same conversation.
 * @returns the answers to `reads`.
 * @throws RouterError `ROUTER_COMMAND_REFUSED` with the command and the answer of the first that did not work. Those
 * after it ran as well: the next plan is made from what is then there.
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
