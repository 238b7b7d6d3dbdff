/** HAProxy's answer to an unknown command, without its list of similar commands. */
export const unknownCommand = [
  'Unknown command, but maybe one of the following ones is a better match:',
  '  help [<command>]                        : list matching or all commands',
  '  prompt                                  : toggle interactive mode with prompt',
  '  quit                                    : disconnect',
].join('\n');
