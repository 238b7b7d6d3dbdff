import type { RuleRecord } from '@limpet/contract';
import type { Group } from '../cloud/group.ts';
import type { Answer, Ask, Cookies } from '../test-bed/test-bed.ts';

/** A client of a rule, with its browser where the rule speaks HTTP. */
export interface Client {
  readonly address: string;
  readonly group: Group;
  /** The VM that a sticky client was given at first; undefined when it has none, or when that VM takes it no more. */
  home: string | undefined;
  /** What it has been given, and sends with each question. */
  cookies: Cookies;
  /** Connections kept open; undefined for one that was closed and that the client has not needed since. */
  readonly held: (Held | undefined)[];
}

/** A connection that a client keeps. */
export interface Held {
  id: number;
  vm: string;
  /** Sent with every question on it. */
  cookies: Cookies;
}

/** True when a rule binds a client by a cookie that it was given. */
export const bindsByCookie = ({ stickiness }: RuleRecord): boolean =>
  stickiness.method === 'LbCookie' || stickiness.method === 'AppCookie';

/** True while a member answers those that are bound to it. */
export const keepsClients = ({ members }: RuleRecord, vm: string): boolean =>
  members.some((member) => member.vm === vm && member.state !== 'maintenance');

/** The VM that the client's cookies bind it to. */
export const boundTo = ({ group: { rule }, cookies, home }: Client): string | undefined =>
  bindsByCookie(rule) && Object.keys(cookies).length > 0 && home !== undefined && keepsClients(rule, home)
    ? home
    : undefined;

/** What the client asks. It begins a session when its application has one and the VM of its last one is gone. */
export function askOf(client: Client): Ask {
  const { address, cookies, group } = client;
  const { ip, port, protocol, stickiness } = group.rule;
  if (protocol !== 'http') return { client: address, ip, port, protocol: 'tcp' };
  const ask: Ask = { client: address, ip, port, protocol, cookies };
  return stickiness.method === 'AppCookie' && boundTo(client) === undefined
    ? { ...ask, cookies: {}, session: 'session' }
    : ask;
}

/** Keeps the cookies of an answer, as a browser does; they bind the client to the VM that answered. */
export function learn(client: Client, answer: Answer): void {
  if (!answer.ok || answer.cookies === undefined) return;
  client.cookies = { ...client.cookies, ...answer.cookies };
  if (bindsByCookie(client.group.rule)) client.home = answer.vm;
}
