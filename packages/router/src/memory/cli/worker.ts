import type { Worker } from '../worker.ts';
import type { CliCommand, CliOrigin } from './command.ts';
import { unknownCommand } from './help.ts';
import { informationCommands } from './information.ts';
import { mapCommands } from './map.ts';
import { peersCommands } from './peers.ts';
import { serverCommands } from './server.ts';
import { serversStateCommands } from './servers-state.ts';
import { sessionCommands } from './session.ts';
import { statCommands } from './stat.ts';
import { tableCommands } from './table.ts';

const commands: readonly CliCommand[] = [
  ...informationCommands,
  ...mapCommands,
  ...peersCommands,
  ...serverCommands,
  ...serversStateCommands,
  ...sessionCommands,
  ...statCommands,
  ...tableCommands,
].sort((a, b) => b.words.length - a.words.length);

/** One command of a worker's CLI. */
export function runWorker(worker: Worker, line: string, origin: CliOrigin): string {
  const words = line.trim().split(/\s+/);
  for (const command of commands) {
    const own = command.words.split(' ');
    if (own.every((word, index) => word === words[index])) {
      return command.run({ worker, args: words.slice(own.length), origin });
    }
  }
  return unknownCommand;
}
