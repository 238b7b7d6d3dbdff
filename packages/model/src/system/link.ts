import type { EntryEvent } from '../statecharts/entry.machine.ts';
import { ANSWERS } from './routes.ts';

/** An answer in flight, as the rule will hear it. */
export type Answer = (typeof ANSWERS)[keyof typeof ANSWERS];

/**
 * What is in flight about one rule. The link loses, delays, reorders and doubles; commands are idempotent and answers carry
 * the state they saw, so at most one of a kind matters:
 * a second copy adds nothing, a newer answer replaces an older one, and an answer about an older generation is of no interest.
 * `syncRules` and `reportRules` travel as one message a rule: that some parts of them arrive and others do not is allowed.
 */
export interface InFlight {
  /** The latest generation, to the router. */
  readonly command?: 'put' | 'remove';
  /** An older generation that is late, to the router. */
  readonly late?: 'putStale';
  /** A question, to the router. */
  readonly report?: 'report';
  /** To the management side. */
  readonly answer?: Answer;
}

/** The four kinds of messages. */
export type MessageKind = keyof InFlight;
/** The kinds of messages, in the order in which the model lists their steps. */
export const MESSAGE_KINDS: readonly MessageKind[] = ['command', 'late', 'report', 'answer'];

/** The rule has a new generation: the command in flight is late now, and the answer is about an older generation. */
export function ageInFlight({ command, late, report }: InFlight): InFlight {
  // A removal is a rule's last generation: no command is sent after it that could make it late.
  const outrun = command === 'put' ? 'putStale' : late;
  return { ...(outrun === undefined ? {} : { late: outrun }), ...(report === undefined ? {} : { report }) };
}

/** Puts a message on the link, in the place of one of its kind. Equal links have their messages in one order, as JSON shows it. */
export function withMessage(inFlight: InFlight, message: InFlight): InFlight {
  const { command, late, report, answer }: InFlight = { ...inFlight, ...message };
  return {
    ...(command === undefined ? {} : { command }),
    ...(late === undefined ? {} : { late }),
    ...(report === undefined ? {} : { report }),
    ...(answer === undefined ? {} : { answer }),
  };
}

/** Takes a message off the link. */
export function take(inFlight: InFlight, kind: MessageKind): InFlight {
  const { [kind]: _, ...rest } = inFlight;
  return rest;
}

/** The answer that an entry's signal stands for; undefined for any other action. */
export function answerOf(action: string, { generation }: { generation: string }): Answer | undefined {
  if (action !== 'answerOutdated' && generation !== 'current') return undefined;
  return isAnswer(action) ? ANSWERS[action] : undefined;
}

/** What the entry hears when a message to the router arrives; undefined for an answer. */
export function toEntry(inFlight: InFlight, kind: MessageKind): EntryEvent['type'] | undefined {
  return kind === 'answer' ? undefined : inFlight[kind];
}

function isAnswer(action: string): action is keyof typeof ANSWERS {
  return Object.hasOwn(ANSWERS, action);
}
