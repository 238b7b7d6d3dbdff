/**
 * What each step of the model's runs means for a concrete system.
 *
 * @module
 */
import type { ManagementEvent } from '@limpet/model';

type EventOf<To> = (ManagementEvent & { to: To })['event'];

/** A step; groups and places are counted from 0. */
export type Action =
  | { readonly kind: 'create'; readonly group: number }
  | { readonly kind: 'group'; readonly group: number; readonly event: EventOf<'group'> }
  | { readonly kind: 'rule'; readonly group: number; readonly change: 'stickiness' | 'protocol' | 'retry' }
  /** Without a place: any VM that can. */
  | { readonly kind: 'member'; readonly group: number; readonly place?: number; readonly event: EventOf<'member'> }
  | { readonly kind: 'router'; readonly event: EventOf<'router'> }
  | { readonly kind: 'crash' }
  | { readonly kind: 'address'; readonly group: number; readonly does: Move }
  | { readonly kind: 'certificate'; readonly group: number }
  | { readonly kind: 'command'; readonly group: number; readonly does: Handling }
  | { readonly kind: 'answer'; readonly group: number; readonly does: 'arrives' | 'isLost' };

/** What becomes of a rule's address. */
export type Move = 'goesElsewhere' | 'comesBack';

/** What becomes of a command. */
export type Handling = 'apply' | 'refuse' | 'verify' | 'lose' | 'late' | 'staleSnapshot' | 'again';

const GROUP: Readonly<Record<string, EventOf<'group'>>> = {
  'the group is configured': 'configured',
  'the group cannot be configured, and is removed': 'configureFailed',
  'a user enables the group': 'enable',
  'a user disables the group': 'disable',
  'the group scales up': 'scaleUp',
  'the group makes up for a missing VM': 'scaleUp',
  'the group scales down': 'scaleDown',
  'a user deletes the group': 'delete',
  'a user deletes the group and its VMs': 'deleteWithCleanup',
  // Steps of a bug: what it forbids is tried here.
  'a user cannot disable the group while its router does not answer': 'disable',
  'a user cannot delete the group while its router does not answer': 'delete',
  'a user cannot delete the group and its VMs while its router does not answer': 'deleteWithCleanup',
};

const RULE: Readonly<Record<string, (Action & { kind: 'rule' })['change']>> = {
  'a user changes the stickiness': 'stickiness',
  'a user changes the protocol': 'protocol',
  'a refused change is tried again': 'retry',
};

const ADDRESS: Readonly<Record<string, Move>> = {
  'the address of the rule goes elsewhere': 'goesElsewhere',
  'the address of the rule comes back': 'comesBack',
};

const CERTIFICATE: ReadonlySet<string> = new Set([
  'the certificate of the rule goes',
  'the certificate of the rule comes back',
]);

const MEMBER: Readonly<Record<string, EventOf<'member'>>> = {
  'has started': 'started',
  'does not start': 'startFailed',
  'is drained': 'drained',
  dies: 'fail',
  'is destroyed': 'destroy',
  'that failed is destroyed': 'destroy',
};

const ROUTER: Readonly<Record<string, EventOf<'router'>>> = {
  'the router is deployed': 'deploy',
  'the router has started, and is sent all rules': 'started',
  'the router does not start': 'startFailed',
  'a user stops the router': 'stop',
  'the router is started': 'start',
  'a user reboots the router': 'reboot',
  'the router is out of reach': 'lost',
  'the router is in reach again, and reports its rules': 'recovered',
  'a user destroys the router': 'destroy',
};

const COMMAND: Readonly<Record<string, Handling>> = {
  'the router applies the command': 'apply',
  'the router refuses the command': 'refuse',
  // The router has to see for itself that it cannot serve the rule.
  'the router refuses the command without the address of the rule': 'apply',
  'the router refuses the command without the certificate of the rule': 'apply',
  'the router verifies the rule': 'verify',
  'the command is lost, and waits to be sent again': 'lose',
  'an older command arrives late': 'late',
  'another operation sends a snapshot that it read before the change': 'staleSnapshot',
  'the command arrives a second time': 'again',
};

/** The action of a step in words; undefined when no step of the model is called like that. */
export function actionOf(lane: string, text: string): Action | undefined {
  const { who, number } = /^(?<who>group|rule|members|link) (?<number>[1-9]\d?)$/.exec(lane)?.groups ?? {};
  const group = Number(number) - 1;
  switch (who) {
    case 'group':
      return text === 'a user creates a rule and a group'
        ? { kind: 'create', group }
        : known(GROUP, text, (event) => ({ kind: 'group', group, event }));
    case 'rule':
      return (
        known(RULE, text, (change) => ({ kind: 'rule', group, change })) ??
        known(ADDRESS, text, (does) => ({ kind: 'address', group, does })) ??
        (CERTIFICATE.has(text) ? { kind: 'certificate', group } : undefined)
      );
    case 'members':
      return memberAction(group, text);
    case 'link':
      return linkAction(group, text);
    default:
      return lane === 'router' ? routerAction(text) : undefined;
  }
}

function memberAction(group: number, text: string): Action | undefined {
  const { place, does } = /^(?:a VM|VM (?<place>[1-9])) (?<does>.*)$/.exec(text)?.groups ?? {};
  if (does === undefined) return undefined;
  return known(MEMBER, does, (event) =>
    place === undefined ? { kind: 'member', group, event } : { kind: 'member', group, place: Number(place) - 1, event },
  );
}

function linkAction(group: number, text: string): Action | undefined {
  const { fate } = /^the answer "\w+" (?<fate>arrives|is lost)$/.exec(text)?.groups ?? {};
  if (fate !== undefined) return { kind: 'answer', group, does: fate === 'arrives' ? 'arrives' : 'isLost' };
  return known(COMMAND, text, (does) => ({ kind: 'command', group, does }));
}

function routerAction(text: string): Action | undefined {
  if (text === 'the agent crashes and restarts') return { kind: 'crash' };
  const { does, number } = /^(?<does>.*), of rule (?<number>[1-9]\d?)$/.exec(text)?.groups ?? {};
  if (does === undefined) return known(ROUTER, text, (event) => ({ kind: 'router', event }));
  return known(COMMAND, does, (handling) => ({ kind: 'command', group: Number(number) - 1, does: handling }));
}

function known<T>(words: Readonly<Record<string, T>>, text: string, make: (meaning: T) => Action): Action | undefined {
  return Object.hasOwn(words, text) ? make(words[text]!) : undefined;
}
