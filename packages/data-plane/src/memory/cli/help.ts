/** What HAProxy says to a command that it does not know; its list of near matches is left out. */
export const unknownCommand = [
  'Unknown command, but maybe one of the following ones is a better match:',
  '  help [<command>]                        : list matching or all commands',
  '  prompt                                  : toggle interactive mode with prompt',
  '  quit                                    : disconnect',
].join('\n');
