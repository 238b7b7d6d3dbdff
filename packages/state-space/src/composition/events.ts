import { ENVIRONMENT, type GroupState, MESSAGE_KINDS, type MessageKind, type SystemEvent } from '@limpet/model';

/** Who brings an event about, as in the checker's interface. */
export type EventKind = 'system' | 'environment' | 'fault';

/** An event of a system of one group, who brings it about, and how people read it. */
export interface NamedEvent {
  readonly event: SystemEvent;
  readonly kind: EventKind;
  /** As the lanes of the model of several groups; here there is group 1 alone. */
  readonly lane: string;
  readonly text: string;
  /** When it is this; without it, always. The same event in another state has another name, and somebody else brings it about. */
  readonly when?: (group: GroupState) => boolean;
}

/** What a user, or the scaling policy, asks for. All that is neither here nor a fault happens by itself. */
const ASKED: ReadonlySet<string> = new Set([
  'place create',
  'group enable',
  'group disable',
  'group raiseMin',
  'group lowerMin',
  'group raiseMax',
  'group lowerMax',
  'group scaleUp',
  'group scaleDown',
  'group delete',
  'group deleteWithCleanup',
  'rule setSourceBased',
  'rule setNone',
  'rule update',
  'rule delete',
  'router stop',
  'router reboot',
  'router destroy',
  'member destroy',
]);

const FAULTS: ReadonlySet<string> = new Set([
  'group configureFailed',
  'rule reject',
  'router startFailed',
  'router lost',
  'member startFailed',
  'member fail',
  'entry refuse',
  'entry loseAddress',
  'entry loseCertificate',
  'link duplicate',
  'link lose',
]);

/** Every event of one group and its router, in the order in which `createSystem` lists them. */
export function systemEventsOf(members: number): SystemEvent[] {
  const group = 0;
  return [
    ...ENVIRONMENT.router.map((event): SystemEvent => ({ to: 'router', event })),
    ...ENVIRONMENT.place.map((event): SystemEvent => ({ to: 'place', group, event })),
    ...ENVIRONMENT.group.map((event): SystemEvent => ({ to: 'group', group, event })),
    ...ENVIRONMENT.rule.map((event): SystemEvent => ({ to: 'rule', group, event })),
    ...Array.from({ length: members }, (_, member) =>
      ENVIRONMENT.member.map((event): SystemEvent => ({ to: 'member', group, member, event })),
    ).flat(),
    ...ENVIRONMENT.entry.map((event): SystemEvent => ({ to: 'entry', group, event })),
    ...MESSAGE_KINDS.flatMap((message) =>
      ENVIRONMENT.link.map((event): SystemEvent => ({ to: 'link', group, message, event })),
    ),
  ];
}

/** The same with who brings each about, and how people read it. */
export function eventsOf(members: number): NamedEvent[] {
  return systemEventsOf(members).flatMap((event): NamedEvent[] => {
    const named = { event, ...wordsOf(event) };
    const byItself = happensByItself(event);
    if (byItself === undefined) return [named];
    const { when, text } = byItself;
    return [
      { ...named, when: (state) => !when(state) },
      { ...named, kind: 'system', text, when },
    ];
  });
}

/** What a user may ask for, and what in some states the group does by itself. */
function happensByItself(event: SystemEvent): { text: string; when: (group: GroupState) => boolean } | undefined {
  if (event.to === 'group' && event.event === 'scaleUp')
    return { text: 'makes up for a missing VM', when: ({ group: { context } }) => context.size < context.min };
  if (event.to === 'member' && event.event === 'destroy')
    return {
      text: `VM ${event.member + 1}, which failed: destroy`,
      when: ({ members }) => members[event.member]?.value === 'failed',
    };
  return undefined;
}

function wordsOf(event: SystemEvent): Omit<NamedEvent, 'event'> {
  const name = `${event.to} ${event.event}`;
  const kind = FAULTS.has(name) ? 'fault' : ASKED.has(name) ? 'environment' : 'system';
  switch (event.to) {
    case 'router':
      return { kind, lane: 'router', text: event.event };
    case 'place':
      return { kind, lane: 'group 1', text: 'create a rule and a group anew' };
    case 'member':
      return { kind, lane: 'members 1', text: `VM ${event.member + 1}: ${event.event}` };
    case 'link':
      return { kind, lane: 'link 1', text: `${event.event} the ${WORDS[event.message]}` };
    default:
      return { kind, lane: `${event.to} 1`, text: event.event };
  }
}

const WORDS: Readonly<Record<MessageKind, string>> = {
  command: 'command',
  late: 'older command',
  report: 'question',
  answer: 'answer',
};
