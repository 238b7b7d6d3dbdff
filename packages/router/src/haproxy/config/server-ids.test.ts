import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignServerIds, emptyServerIds } from './server-ids.ts';

describe('assignServerIds', () => {
  it('never gives an id to two servers, whatever comes and goes', () => {
    const members = fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd', 'e'));
    fc.assert(
      fc.property(fc.array(members), (rounds) => {
        const owners = new Map<number, number>();
        let ids = emptyServerIds();
        let born = 0;
        const alive = new Map<string, number>();
        for (const vms of rounds) {
          ids = assignServerIds(ids, [{ rule: 'r', vms }]);
          for (const vm of alive.keys()) if (!vms.includes(vm)) alive.delete(vm);
          for (const vm of vms) {
            const life = alive.get(vm) ?? ++born;
            alive.set(vm, life);
            const id = ids.ids.r![vm]!;
            expect(owners.get(id) ?? life).toBe(life);
            owners.set(id, life);
          }
        }
      }),
    );
  });
});
