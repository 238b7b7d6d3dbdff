import { expect, it } from 'vitest';
import { member } from '../../../testing/rules.ts';
import { type Bench, haproxyWith, members, openBench, turns } from '../../../testing/test-session.ts';
import { describeMembers, describeUnchecked } from './members.ts';

it('counts the members, and names those that do not serve', () => {
  expect(
    describeMembers({
      up: ['vm1', 'vm2'],
      down: [{ vm: 'vm3', answer: 'L7STS 400: Bad Request' }],
      draining: ['vm4'],
      maintenance: ['vm5'],
    }),
  ).toBe(
    '2 of 5 members are up; 1 is down: vm3 (L7STS 400: Bad Request); 1 is draining: vm4; 1 is in maintenance: vm5',
  );
  expect(describeMembers({ up: [], down: [], draining: [], maintenance: [] })).toBe('it has no members');
});

it('names members that HAProxy takes to be well because it has not checked them yet', () => {
  expect(describeUnchecked({ unchecked: [] })).toBeUndefined();
  expect(describeUnchecked({ unchecked: ['vm1'] })).toBe('1 member has not been checked yet: vm1');
  const seven = ['vm1', 'vm2', 'vm3', 'vm4', 'vm5', 'vm6', 'vm7'];
  expect(describeUnchecked({ unchecked: seven })).toBe(
    '7 members have not been checked yet: vm1, vm2, vm3, vm4, vm5, 2 more',
  );
});

const inForce = async ({ router, dataPlane }: Bench) => {
  await dataPlane.clock.sleep(5_000);
  await turns(20_000);
  const { rules } = await router.reportRules({ type: 'reportRules' });
  const { status, reason, message } = rules[0]!.conditions.find(({ type }) => type === 'InForce')!;
  return `${status} ${reason}: ${message}`;
};

it('is said in the conditions within a drift period; all members down are no silent InForce', async () => {
  const bench = await openBench();
  const { vms } = bench.dataPlane;
  expect(await inForce(bench)).toBe('True Verified: fresh and held connections obey the rule; 3 of 3 members are up');
  await vms.destroy(['vm1']);
  expect(await inForce(bench)).toContain(
    'True Verified: fresh and held connections obey the rule; 2 of 3 members are up; 1 is down: vm1',
  );
  await vms.destroy(['vm2', 'vm3']);
  expect(await inForce(bench)).toContain(
    'Unknown NoMemberUp: clients are not served: 0 of 3 members are up; 3 are down',
  );
  await vms.start(members);
  expect(await inForce(bench)).toContain('True Verified');
  await bench.put({
    members: [members[0]!, member('vm2', { state: 'draining' }), member('vm3', { state: 'maintenance' })],
  });
  expect(await inForce(bench)).toContain('1 of 3 members is up; 1 is draining: vm2; 1 is in maintenance: vm3');
});

it('warns of members that are not checked yet until HAProxy has checked them', async () => {
  let checked = false;
  const bench = await openBench([{}], {
    change: ({ haproxy }) => ({
      haproxy: haproxyWith(haproxy, {
        runtime: async (commands) => {
          const answers = await haproxy.runtime(commands);
          // Columns of `show servers state`: the check's status, its result, its health and its state.
          return checked ? answers : answers.map((answer) => answer.replaceAll(' 6 3 4 6 ', ' 1 0 1 6 '));
        },
      }),
    }),
  });
  const well = 'True Verified: fresh and held connections obey the rule; 3 of 3 members are up';
  expect(await inForce(bench)).toBe(`${well}; 3 members have not been checked yet: vm1, vm2, vm3`);
  checked = true;
  expect(await inForce(bench)).toBe(well);
});
