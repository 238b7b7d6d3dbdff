import type { Capability, KnownBranch } from '@limpet/haproxy';
import type { ListenProxy } from '../proxy.ts';
import type { Server } from '../server.ts';
import type { Worker } from '../worker.ts';

/** The origin of a CLI command: the stats socket, or the master's socket pair. */
export type CliOrigin = 'unix_stream' | 'sockpair';

/** One call of a CLI command. */
export interface CliCall {
  worker: Worker;
  /** The words after the command's own. */
  args: readonly string[];
  /** The text after `<<`. */
  payload?: string | undefined;
  origin: CliOrigin;
}

/** A CLI command. Its answers are those of HAProxy 2.6.12, without the line breaks at their end. */
export interface CliCommand {
  words: string;
  /** A HAProxy without it does not know the command. */
  needs?: Capability;
  /** A branch without it has the command behind `experimental-mode on`. */
  experimentalIn?: KnownBranch;
  run(call: CliCall): string;
}

/** Finds `backend/server` as most commands do; or the error message. */
export function findServer(
  worker: Worker,
  argument: string | undefined,
): { proxy: ListenProxy; server: Server } | string {
  const [backend, name] = argument?.split('/') ?? [];
  if (backend === undefined || name === undefined) return "Require 'backend/server'.";
  const proxy = worker.proxy(backend);
  if (!proxy) return 'No such server.';
  const server = proxy.servers.find((candidate) => candidate.name === name);
  return server ? { proxy, server } : 'No such server.';
}

/** As {@link findServer}, for commands that an old worker rejects (cli_find_server and "Proxy is disabled."). */
export function findActiveServer(worker: Worker, argument: string | undefined): ReturnType<typeof findServer> {
  const found = findServer(worker, argument);
  return typeof found !== 'string' && worker.stopping ? 'Proxy is disabled.' : found;
}
