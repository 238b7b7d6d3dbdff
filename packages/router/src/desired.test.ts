import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noStickiness, rule, sourceBased } from '../testing/rules.ts';
import {
  type DesiredState,
  defaultTable,
  emptyDesired,
  highestGeneration,
  putRule,
  removeRule,
  syncRules,
} from './desired.ts';

const id = '10.0.53.2:8080';
const key = { ip: '10.0.53.2', port: 8080 };

describe('putRule', () => {
  it('takes a newer generation and tells an older one that it is superseded', () => {
    const state = emptyDesired();
    expect(putRule(state, { rule: rule({ algorithm: 'leastconn' }), generation: 5 })).toBe('changed');
    expect(putRule(state, { rule: rule(), generation: 4 })).toBe('superseded');
    expect(state.rules[id]?.rule.algorithm).toBe('leastconn');
  });

  it('knows a repeated command', () => {
    const state = emptyDesired();
    putRule(state, { rule: rule(), generation: 5 });
    expect(putRule(state, { rule: rule(), generation: 5 })).toBe('unchanged');
  });

  it('does not bring a removed rule back with an older generation', () => {
    const state = emptyDesired();
    putRule(state, { rule: rule(), generation: 5 });
    expect(removeRule(state, { key, generation: 7 })).toBe('changed');
    expect(putRule(state, { rule: rule(), generation: 6 })).toBe('superseded');
    expect(putRule(state, { rule: rule(), generation: 8 })).toBe('changed');
  });

  it('keeps the shape of the table while a rule is not sticky, so that the way back needs no reload', () => {
    const state = emptyDesired();
    putRule(state, { rule: rule(), generation: 1 });
    expect(state.rules[id]?.table).toEqual(defaultTable);
    putRule(state, {
      rule: rule({ stickiness: { ...sourceBased, tableSize: 1000 } as typeof sourceBased }),
      generation: 2,
    });
    putRule(state, { rule: rule({ stickiness: noStickiness }), generation: 3 });
    expect(state.rules[id]?.table).toEqual({ tableSize: 1000, expireSeconds: 1800 });
  });
});

describe('syncRules', () => {
  it('drops what is not in the snapshot, and keeps what is newer than it', () => {
    const state = emptyDesired();
    putRule(state, { rule: rule({ port: 1 }), generation: 1 });
    putRule(state, { rule: rule({ port: 9 }), generation: 9 });
    expect(syncRules(state, { rules: [{ rule: rule(), generation: 3 }], revision: 5 })).toBe('changed');
    expect(Object.keys(state.rules).sort()).toEqual(['10.0.53.2:8080', '10.0.53.2:9']);
  });

  it('does not let a stale snapshot win (last writer wins, in CloudStack)', () => {
    const state = emptyDesired();
    syncRules(state, { rules: [{ rule: rule({ algorithm: 'source' }), generation: 8 }], revision: 8 });
    expect(syncRules(state, { rules: [{ rule: rule(), generation: 7 }], revision: 7 })).toBe('superseded');
    expect(state.rules[id]?.rule.algorithm).toBe('source');
  });

  it('remembers what it dropped: an older put of it comes too late', () => {
    const state = emptyDesired();
    syncRules(state, { rules: [], revision: 8 });
    expect(putRule(state, { rule: rule(), generation: 7 })).toBe('superseded');
    expect(putRule(state, { rule: rule(), generation: 9 })).toBe('changed');
  });
});

describe('order', () => {
  type Change = { generation: number; port: number; kind: 'put' | 'remove' };
  const apply = (state: DesiredState, { generation, port, kind }: Change): void => {
    if (kind === 'put') putRule(state, { rule: rule({ port }), generation });
    else removeRule(state, { key: { ...key, port }, generation });
  };
  const changes = fc
    .array(fc.record({ port: fc.integer({ min: 1, max: 3 }), kind: fc.constantFrom('put', 'remove') }), {
      maxLength: 12,
    })
    .map((list) => list.map((change, index) => ({ ...change, generation: index + 1 }) as Change));
  const wanted = ({ rules }: DesiredState): unknown =>
    Object.fromEntries(
      Object.entries(rules)
        .map(([name, { generation }]) => [name, generation])
        .sort(),
    );

  it('never matters, and neither do repetitions', () => {
    const shuffled = changes.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
    );
    fc.assert(
      fc.property(shuffled, ([inOrder, anyhow]) => {
        const [one, other] = [emptyDesired(), emptyDesired()];
        for (const change of inOrder) apply(one, change);
        for (const change of anyhow) apply(other, change);
        expect(wanted(other)).toEqual(wanted(one));
      }),
    );
  });
});

describe('highestGeneration', () => {
  it('has what was removed, compacted and in force, too', () => {
    const state = emptyDesired();
    expect(highestGeneration(state, {})).toBe(0);
    putRule(state, { rule: rule(), generation: 3 });
    expect(highestGeneration(state, { [id]: { rule: rule(), generation: 4 } })).toBe(4);
    removeRule(state, { key, generation: 7 });
    expect(highestGeneration(state, {})).toBe(7);
    syncRules(state, { rules: [], revision: 9 });
    expect(highestGeneration(state, {})).toBe(9);
  });
});
