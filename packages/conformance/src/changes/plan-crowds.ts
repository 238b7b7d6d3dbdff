import type { MemberRecord, RuleRecord } from '@limpet/contract';
import type { Walk } from './walk.ts';

/** Members that come, change and go together, as when a large group scales. */
const MANY = 100;

/** Each change of all members of a crowd, by what happens to them; none needs a reload. */
const CHANGES: readonly (readonly [goal: string, change: (member: MemberRecord, at: number) => MemberRecord])[] = [
  ['many weights', (member, at) => ({ ...member, weight: 2 + at })],
  ['many into maintenance', (member, at) => (at % 2 === 0 ? { ...member, state: 'maintenance' } : member)],
  ['many back from maintenance', (member) => ({ ...member, state: 'serving' })],
  ['many begin to drain', (member, at) => (at % 2 === 1 ? { ...member, state: 'draining' } : member)],
  ['many drain no more', (member) => ({ ...member, state: 'serving' })],
  ['many ports', (member) => ({ ...member, port: member.port + 1000 })],
];

const crowdOf = (host: string): MemberRecord[] =>
  Array.from({ length: MANY }, (_, at) => ({
    vm: `${host.replaceAll('.', '-')}-${at}`,
    ip: host,
    port: 9000 + at,
    state: 'serving',
  }));

/** Lets many members join each rule, changes all of them at once, and lets them leave. */
export function planCrowds(walk: Walk): void {
  for (const [at, before] of walk.rules.entries()) {
    let crowd = crowdOf(`10.1.2.${250 + at}`);
    const put = (members: readonly MemberRecord[], goal: string) => {
      const rule: RuleRecord = { ...before, members: [...before.members, ...members] };
      walk.takeRule({ do: 'put', rule }, goal, [goal]);
    };
    put(crowd, 'many join');
    for (const [goal, change] of CHANGES) {
      crowd = crowd.map(change);
      put(crowd, goal);
    }
    put([], 'many leave');
  }
}
