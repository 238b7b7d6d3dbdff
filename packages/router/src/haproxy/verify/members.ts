import type { Haproxy } from '@limpet/data-plane';
import { cliCommand, readShowStat, type StatRow } from '@limpet/haproxy';
import type { ProxySpec, ServerSpec } from '../config/proxy-spec.ts';
import type { LiveState } from '../runtime/live-state.ts';

/** A member whose health checks fail. */
export interface DownMember {
  vm: string;
  /** What the last check was answered, as `L7STS 400: Bad Request`; undefined: HAProxy does not say. */
  answer: string | undefined;
}

/** How the members of one rule are. Each is in one of the lists (`unchecked` is a part of `up`), by its VM. */
export interface MemberHealth {
  /** Serving, and well as far as HAProxy knows. */
  up: readonly string[];
  /** Those of `up` that HAProxy takes to be well because it has not checked them yet. */
  unchecked: readonly string[];
  /** Not in maintenance, and not well: they are given no clients. */
  down: readonly DownMember[];
  draining: readonly string[];
  maintenance: readonly string[];
}

/** By rule id. */
export type MembersHealth = ReadonlyMap<string, MemberHealth>;

/** Rules whose members are asked for the answers of their checks, at most: each is a command. */
const mostAsked = 200;

/** Reads how the members of rules are. HAProxy is asked more only for rules with a member that is down. */
export async function readMembersHealth(
  haproxy: Pick<Haproxy, 'runtime'>,
  specs: readonly ProxySpec[],
  live: LiveState,
): Promise<MembersHealth> {
  const withDown = specs.filter(({ proxy, servers }) => servers.some((server) => isDown(live, proxy, server)));
  const asked = withDown.slice(0, mostAsked).map(({ proxy }) => cliCommand('show', 'stat', proxy, 4, -1));
  const texts = asked.length > 0 ? await haproxy.runtime(asked) : [];
  // A proxy that has gone meanwhile has no rows, but a sentence.
  const rows = texts.filter((text) => text.startsWith('#')).flatMap(readShowStat);
  const answers = new Map(rows.map((row) => [`${row.proxy}/${row.service}`, answerIn(row)]));
  return new Map(specs.map((spec) => [spec.id, healthOf(spec, live, answers)]));
}

const isDown = (live: LiveState, proxy: string, { name, maintenance }: ServerSpec): boolean =>
  !maintenance && live.servers.get(proxy)?.get(name)?.up === false;

function answerIn(row: StatRow): string | undefined {
  // An asterisk stands before the status of a check that is under way.
  const status = row.cell('check_status')?.replace(/^\* /, '');
  if (status === undefined) return undefined;
  const code = row.cell('check_code');
  const words = row.cell('last_chk') ?? row.cell('check_desc');
  return `${status}${code === undefined ? '' : ` ${code}`}${words === undefined ? '' : `: ${words}`}`;
}

function healthOf(
  { proxy, servers }: ProxySpec,
  live: LiveState,
  answers: ReadonlyMap<string, string | undefined>,
): MemberHealth {
  const kindOf = (server: ServerSpec): keyof MemberHealth => {
    if (server.maintenance) return 'maintenance';
    if (isDown(live, proxy, server)) return 'down';
    return server.weight === 0 ? 'draining' : 'up';
  };
  const names = (kind: keyof MemberHealth): string[] =>
    servers.filter((server) => kindOf(server) === kind).map(({ name }) => name);
  const up = names('up');
  return {
    up,
    unchecked: up.filter((name) => live.servers.get(proxy)?.get(name)?.checked === false),
    down: names('down').map((vm) => ({ vm, answer: answers.get(`${proxy}/${vm}`) })),
    draining: names('draining'),
    maintenance: names('maintenance'),
  };
}

/** Whether a rule has members that should serve, and none that does. */
export const noneServes = ({ up, down, draining }: MemberHealth): boolean =>
  up.length + draining.length === 0 && down.length > 0;

/** Members that are down are named up to this number. */
const mostNamed = 5;

/** In words: `2 of 4 members are up; 1 is down: vm-2 (L4CON: Connection refused); 1 is draining: vm-3`. */
export function describeMembers({ up, down, draining, maintenance }: Omit<MemberHealth, 'unchecked'>): string {
  const total = up.length + down.length + draining.length + maintenance.length;
  if (total === 0) return 'it has no members';
  const named = down.slice(0, mostNamed).map(({ vm, answer }) => `${vm} (${answer ?? 'the check says no more'})`);
  const more = down.length > mostNamed ? [`${down.length - mostNamed} more`] : [];
  return [
    `${up.length} of ${total} members ${up.length === 1 ? 'is' : 'are'} up`,
    ...group(down.length, 'down', [...named, ...more]),
    ...group(draining.length, 'draining', draining),
    ...group(maintenance.length, 'in maintenance', maintenance),
  ].join('; ');
}

/** In words: `2 members have not been checked yet: vm-1, vm-2`; undefined: HAProxy has checked all that are up. */
export function describeUnchecked({ unchecked }: Pick<MemberHealth, 'unchecked'>): string | undefined {
  if (unchecked.length === 0) return undefined;
  const named = unchecked.slice(0, mostNamed);
  const more = unchecked.length > mostNamed ? [`${unchecked.length - mostNamed} more`] : [];
  const which = unchecked.length === 1 ? '1 member has' : `${unchecked.length} members have`;
  return `${which} not been checked yet: ${[...named, ...more].join(', ')}`;
}

const group = (count: number, what: string, names: readonly string[]): string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? 'is' : 'are'} ${what}: ${names.join(', ')}`];
