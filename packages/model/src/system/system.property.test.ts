import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSystem, type SystemEvent, type SystemState } from '../index.ts';

const system = createSystem({ groups: 2, members: 2 });

const SETUP: readonly SystemEvent[] = [
  { to: 'router', event: 'deploy' },
  { to: 'router', event: 'started' },
  ...[0, 1].flatMap((group): SystemEvent[] => [
    { to: 'rule', group, event: 'accept' },
    { to: 'group', group, event: 'configured' },
    { to: 'group', group, event: 'scaleUp' },
    { to: 'member', group, member: 0, event: 'started' },
  ]),
];

/** Everything accepted, configured and scaling up: a walk from the very beginning seldom gets that far. */
const underWay = SETUP.reduce((state, event) => system.step(state, event).state, system.initial);

interface Walk {
  start: SystemState;
  /** Each chooses one of the events that are possible then. */
  picks: number[];
}

const walks: fc.Arbitrary<Walk> = fc.record({
  start: fc.constantFrom(system.initial, underWay),
  picks: fc.array(fc.nat(), { minLength: 20, maxLength: 120 }),
});

function walk(
  { start, picks }: Walk,
  visit: (state: SystemState, event: SystemEvent, before: SystemState) => void,
): SystemState {
  let state = start;
  for (const choice of picks) {
    const enabled = system.enabled(state);
    const event = enabled[choice % enabled.length];
    if (event === undefined) break;
    const before = state;
    state = system.step(state, event).state;
    visit(state, event, before);
  }
  return state;
}

/** The rule was lost, and has not been verified since. */
function isUnheard({ value, context }: SystemState['entries'][number]): boolean {
  return (
    value === 'addressAway' || value === 'certificateGone' || (value === 'programmed' && context.serves === 'absent')
  );
}

/** Faults have stopped and users are quiet: only what the router, the link and time do by themselves. */
function isInternal({ to, event }: SystemEvent): boolean {
  if (to === 'entry') return event !== 'refuse' && !event.startsWith('lose');
  if (to === 'link') return event === 'deliver';
  if (to === 'rule') return event === 'timeout' || event === 'retry';
  return to === 'router' && (event === 'deploy' || event === 'start' || event === 'started' || event === 'recovered');
}

describe('random walks with lost, late, doubled and refused commands', () => {
  it('keep what must hold in every state', () => {
    fc.assert(
      fc.property(walks, (choices) => {
        walk(choices, (state) => {
          state.groups.forEach(({ group, rule, members }, index) => {
            const entry = state.entries[index]!;
            if (rule.value === 'active') expect(entry.context.generation).toBe('current');
            // A rule that is lost is served no more, and that may not have been heard of yet.
            if (rule.context.inForce === 'current')
              expect(isUnheard(entry) ? 'current' : entry.context.serves).toBe('current');
            if (rule.value === 'gone') expect(entry.context.serves).toBe('absent');
            const present = members.filter((member) => member.value !== 'gone').length;
            expect(group.context.size).toBe(present);
            expect(present).toBeLessThanOrEqual(group.context.capacity);
            if (group.value === 'scaling')
              expect(members.some(({ value }) => ['provisioning', 'joining', 'draining'].includes(value))).toBe(true);
          });
        });
      }),
    );
  });

  it('never grow a group beyond max', () => {
    fc.assert(
      fc.property(walks, (choices) => {
        walk(choices, (state, _, before) => {
          state.groups.forEach(({ group }, index) => {
            if (group.context.size > before.groups[index]!.group.context.size)
              expect(group.context.size).toBeLessThanOrEqual(group.context.max);
          });
        });
      }),
    );
  });

  it('touch only what an event concerns', () => {
    fc.assert(
      fc.property(walks, (choices) => {
        walk(choices, (state, event, before) => {
          if (event.to === 'router') return;
          const other = event.group === 0 ? 1 : 0;
          expect(state.groups[other]).toBe(before.groups[other]);
          expect(state.entries[other]).toBe(before.entries[other]);
          expect(state.link[other]).toBe(before.link[other]);
        });
      }),
    );
  });

  it('end with every rule in force once faults stop', () => {
    fc.assert(
      fc.property(walks, (choices) => {
        let state = walk(choices, () => {});
        for (let steps = 0; ; steps++) {
          expect(steps).toBeLessThan(100);
          const next = system.enabled(state).filter(isInternal);
          const event = next.find(({ to }) => to === 'link' || to === 'entry') ?? next[0];
          if (event === undefined) break;
          state = system.step(state, event).state;
        }
        for (const { rule } of state.groups) {
          if (rule.value === 'staged' || rule.value === 'gone') continue;
          expect(rule).toMatchObject({ value: 'active', context: { inForce: 'current' } });
        }
      }),
    );
  });

  it('give the same result from a state that went through JSON', () => {
    fc.assert(
      fc.property(walks, (choices) => {
        walk(choices, (state, event, before) => {
          expect(system.step(JSON.parse(JSON.stringify(before)), event).state).toEqual(state);
        });
      }),
      { numRuns: 20 },
    );
  });
});
