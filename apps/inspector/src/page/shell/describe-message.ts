import type { Message } from '@limpet/inspection';

/** A message in a line, for people. */
export function describeMessage(message: Message): string {
  switch (message.kind) {
    case 'actor':
      return `begins${message.machine === '' ? '' : `, as ${message.machine}`}`;
    case 'event':
      return `receives ${message.event.type}`;
    case 'transition':
      return `goes to ${leaf(message.states)}${message.event === undefined ? '' : ` on ${message.event.type}`}`;
    case 'snapshot':
      return `is in ${leaf(message.states)}`;
    case 'command':
      return `sends ${message.command}`;
    case 'ack':
      return `is answered ${message.answer}`;
    case 'fault':
      return message.what;
    case 'verification':
      return [
        { holds: 'verified', violated: 'not as asked', unknown: 'not known' }[message.verdict],
        ...(message.expected === undefined ? [] : [`expected ${message.expected}`]),
        ...(message.saw === undefined ? [] : [`saw ${message.saw}`]),
      ].join(': ');
    case 'step':
      return `${message.lane}: ${message.text}`;
  }
}

const leaf = (states: readonly string[]): string => states.at(-1)?.split('.').slice(1).join('.') || 'its state';
