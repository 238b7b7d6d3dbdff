import type { Capabilities, CliRequest } from '@limpet/haproxy';
import type { Worker } from '../worker.ts';
import { certificateCommands } from './certificate.ts';
import type { CliCommand, CliOrigin } from './command.ts';
import { unknownCommand } from './help.ts';
import { informationCommands } from './information.ts';
import { mapCommands } from './map.ts';
import { peersCommands } from './peers.ts';
import { proxyCommands } from './proxy.ts';
import { serverCommands } from './server.ts';
import { serversStateCommands } from './servers-state.ts';
import { sessionCommands } from './session.ts';
import { statCommands } from './stat.ts';
import { tableCommands } from './table.ts';

const commands: readonly CliCommand[] = [
  ...informationCommands,
  ...mapCommands,
  ...peersCommands,
  ...proxyCommands,
  ...serverCommands,
  ...serversStateCommands,
  ...sessionCommands,
  ...certificateCommands,
  ...statCommands,
  ...tableCommands,
].sort((a, b) => b.words.length - a.words.length);

/** Runs one command of a worker's CLI. */
export function runWorker(worker: Worker, request: CliRequest, origin: CliOrigin): string {
  const { command: line, payload } = typeof request === 'string' ? { command: request, payload: undefined } : request;
  const words = line.trim().split(/\s+/);
  for (const command of commands) {
    const own = command.words.split(' ');
    if (own.every((word, index) => word === words[index])) {
      return (
        refusalOf(command, worker.capabilities) ??
        command.run({ worker, args: words.slice(own.length), payload, origin })
      );
    }
  }
  return unknownCommand(worker.capabilities);
}

/** What a HAProxy of this version answers to a command that it has not, or has only for trials (src/cli.c). */
function refusalOf({ needs, experimentalIn }: CliCommand, capabilities: Capabilities): string | undefined {
  if (needs === undefined || capabilities.supported.has(needs)) return undefined;
  return experimentalIn === capabilities.treatedAs
    ? 'This command is restricted to experimental mode only.'
    : unknownCommand(capabilities);
}
