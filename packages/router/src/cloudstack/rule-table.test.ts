import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aRule } from '../../testing/cloudstack-rules.ts';
import { emptyTable, putRule, type RuleTable, removeRule, syncRules } from './rule-table.ts';

/** One rule, so that the generation says which of them is stored. */
const rule = aRule();
const key = { ip: rule.ip, port: rule.port };
const at = (generation: number) => ({ rule, generation });
const generations = (table: RuleTable) => [...table.rules.values()].map((row) => row.generation);
const put = (table: RuleTable, generation: number, lastWins = false) => putRule(table, at(generation), lastWins)?.table;

describe('a rule table with generations', () => {
  it('takes newer and repeated generations, and no older one', () => {
    const table = put(emptyTable, 2)!;
    expect(put(table, 1)).toBeUndefined();
    expect(generations(put(table, 2)!)).toEqual([2]);
    expect(generations(put(table, 3)!)).toEqual([3]);
  });

  it('does not bring a removed rule back', () => {
    const table = removeRule(put(emptyTable, 1)!, key, 2, false)!.table;
    expect(put(table, 1)).toBeUndefined();
    expect(generations(put(table, 3)!)).toEqual([3]);
  });

  it('does not remove a rule that is newer than the removal', () => {
    expect(removeRule(put(emptyTable, 3)!, key, 2, false)).toBeUndefined();
  });

  it('keeps what is newer than a snapshot, and removes the rest', () => {
    const table = put(emptyTable, 5)!;
    expect(generations(syncRules(table, { rules: [], revision: 4 }, false)!.table)).toEqual([5]);
    expect(syncRules(table, { rules: [], revision: 5 }, false)).toMatchObject({ removed: [key] });
    expect(syncRules({ ...table, revision: 6 }, { rules: [], revision: 5 }, false)).toBeUndefined();
  });

  it('does not bring a removed rule back by a snapshot that was read before', () => {
    const table = removeRule(put(emptyTable, 3)!, key, 5, false)!.table;
    expect(generations(syncRules(table, { rules: [at(3)], revision: 4 }, false)!.table)).toEqual([]);
    expect(generations(syncRules(table, { rules: [at(6)], revision: 6 }, false)!.table)).toEqual([6]);
  });

  it('ends the same in whatever order puts and removals arrive', () => {
    const step = fc.record({ generation: fc.integer({ min: 1, max: 9 }), remove: fc.boolean() });
    const steps = fc.uniqueArray(step, { selector: (s) => s.generation, minLength: 1 });
    const run = (list: readonly { generation: number; remove: boolean }[]) =>
      list.reduce(
        (table, { generation, remove }) =>
          (remove ? removeRule(table, key, generation, false) : putRule(table, at(generation), false))?.table ?? table,
        emptyTable,
      );
    fc.assert(
      fc.property(
        steps.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const newest = [...list].sort((a, b) => b.generation - a.generation)[0]!;
          expect(generations(run(shuffled))).toEqual(newest.remove ? [] : [newest.generation]);
        },
      ),
    );
  });
});

describe('a rule table where the last one wins', () => {
  it('takes whatever arrives', () => {
    const table = put(emptyTable, 2, true)!;
    expect(generations(put(table, 1, true)!)).toEqual([1]);
    expect(generations(syncRules(table, { rules: [at(1)], revision: 1 }, true)!.table)).toEqual([1]);
    expect(generations(syncRules(table, { rules: [], revision: 1 }, true)!.table)).toEqual([]);
    expect(generations(removeRule(table, key, 1, true)!.table)).toEqual([]);
  });

  it('keeps the order of creation, as the database does', () => {
    const rows = [3, 1, 2].map((n) => ({ rule: aRule({ port: n }), generation: n }));
    const table = rows.reduce((before, row) => putRule(before, row, true)!.table, emptyTable);
    const changed = syncRules(table, { rules: [rows[1]!, rows[2]!, rows[0]!], revision: 9 }, true)!.table;
    expect([...changed.rules.values()].map((row) => row.rule.port)).toEqual([3, 1, 2]);
  });
});
