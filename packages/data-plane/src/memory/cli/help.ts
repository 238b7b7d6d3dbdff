import type { Capabilities } from '@limpet/haproxy';

/** HAProxy's answer to an unknown command, without its list of similar commands, or in 2.2 of all. */
export const unknownCommand = ({ treatedAs }: Capabilities): string =>
  [
    treatedAs === '2.2'
      ? 'Unknown command. Please enter one of the following commands only :'
      : 'Unknown command, but maybe one of the following ones is a better match:',
    '  help [<command>]                        : list matching or all commands',
    '  prompt                                  : toggle interactive mode with prompt',
    '  quit                                    : disconnect',
  ].join('\n');
