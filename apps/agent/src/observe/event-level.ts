import type { AgentEvent } from './event-log.ts';

/** The level of an event's line in the log. */
export const levelOf = (event: AgentEvent): 'error' | 'warn' | 'info' | 'debug' => {
  switch (event.type) {
    case 'input-refused':
    case 'model-violated':
      return 'error';
    case 'settled':
      return event.outcome === 'refused' ? 'warn' : 'info';
    case 'condition':
      return event.status === 'False' ? 'warn' : 'debug';
    case 'command':
      return 'debug';
    default:
      return 'info';
  }
};
