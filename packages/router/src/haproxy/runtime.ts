import { type CliRequest, cliCommand } from '@limpet/haproxy';
import type { Haproxy } from '../dataplane.ts';
import { RouterError } from '../errors.ts';
import type { RouterPaths } from './paths.ts';
import type { Step } from './plan.ts';

/** A command to the worker, and what it answers when it worked. */
export interface RuntimeOp {
  command: CliRequest;
  answer: RegExp;
}

/** Without a payload, which may hold a key. */
const commandOf = (request: CliRequest): string => (typeof request === 'string' ? request : request.command);

const silence = /^$/;
const op = (answer: RegExp, ...words: readonly (string | number)[]): RuntimeOp => ({
  command: cliCommand(...words.map(String)),
  answer,
});

/** The runtime commands of a step; none for a start or a reload, which the files bring about. */
export function runtimeOps(step: Step, paths: RouterPaths): RuntimeOp[] {
  switch (step.do) {
    case 'start':
    case 'reload':
      return [];
    case 'add':
      return addOps(step);
    case 'readdress':
      return [
        op(
          /^(IP changed|port changed|no need to change|nothing changed)/i,
          'set',
          'server',
          `${step.proxy}/${step.server.name}`,
          'addr',
          step.server.ip,
          'port',
          step.server.port,
        ),
      ];
    case 'weigh':
      return [op(silence, 'set', 'server', `${step.proxy}/${step.server.name}`, 'weight', step.server.weight)];
    case 'ready':
      return [op(silence, 'set', 'server', `${step.proxy}/${step.server.name}`, 'state', 'ready')];
    case 'check':
      return [op(silence, 'enable', 'health', `${step.proxy}/${step.server.name}`)];
    case 'maintain':
      return [op(silence, 'set', 'server', `${step.proxy}/${step.server.name}`, 'state', 'maint')];
    case 'leave':
      return [op(silence, 'set', 'server', `${step.proxy}/${step.server}`, 'state', 'maint')];
    case 'stick':
      return [op(silence, step.by, 'map', paths.stickMap, step.proxy, step.to)];
    case 'limit':
      return [op(silence, 'set', 'maxconn', 'frontend', step.proxy, step.to)];
    case 'enable':
      return [op(silence, 'enable', 'frontend', step.proxy)];
    case 'certify':
      return certifyOps(paths.certificate(step.file), step.pem);
  }
}

/** All options again: a dynamic server ignores default-server (haproxy#1994) and needs its own id (haproxy#3413). */
const addOps = ({ proxy, server, options, cookie }: Step & { do: 'add' }): RuntimeOp[] => {
  const { name, ip, port, id, weight, maintenance } = server;
  const at = `${proxy}/${name}`;
  const own = ['id', id, 'weight', weight];
  return [
    op(/^New server registered\.$/, 'add', 'server', at, `${ip}:${port}`, ...options, ...own),
    op(silence, 'enable', 'health', at),
    ...(maintenance ? [] : [op(silence, 'enable', 'server', at)]),
    // It computes the values of all servers of the backend, and those of static ones are what they were (2.6.12).
    ...(cookie ? [op(silence, 'enable', 'dynamic-cookie', 'backend', proxy)] : []),
  ];
};

/** Whoever was interrupted between the two commands left a transaction behind. */
const certifyOps = (file: string, pem: string): RuntimeOp[] => [
  op(/./, 'abort', 'ssl', 'cert', file),
  {
    command: { command: cliCommand('set', 'ssl', 'cert', file), payload: pem },
    answer: /^Transaction (created|updated) for certificate /,
  },
  op(/Success!/, 'commit', 'ssl', 'cert', file),
];

/** Forgets one client. */
export const forgetOp = (proxy: string, source: string): RuntimeOp =>
  op(silence, 'clear', 'table', proxy, 'key', source);

/** Forgets all clients. */
export const forgetAllOp = (proxy: string): RuntimeOp => op(silence, 'clear', 'table', proxy);

/** Where a client's connections go from now on, as an entry of the rule's table, which must not have one for it. */
export const seedOp = (proxy: string, source: string, serverId: number): RuntimeOp =>
  op(silence, 'set', 'table', proxy, 'key', source, 'data.server_id', serverId);

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
