import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignServerIds, emptyServerIds, type ServerIds } from './server-ids.ts';

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

  it('gives the servers of a pair ids that both routers find, whatever they had before', () => {
    const assign = (ids: ServerIds, ...vms: string[]) => assignServerIds(ids, [{ rule: 'r', vms }], 'byName');
    const one = assign(emptyServerIds(), 'a', 'b', 'c');
    const other = assign(assign(assign(emptyServerIds(), 'c', 'd'), 'd'), 'c', 'b', 'a');
    expect(other.ids).toEqual(one.ids);
    const all = Object.values(one.ids.r!);
    expect(new Set(all).size).toBe(3);
    expect(all.every((id) => id > 0 && id < 2 ** 31)).toBe(true);
  });

  it('gives no server of a pair the id of another one', () => {
    const first = assignServerIds(emptyServerIds(), [{ rule: 'r', vms: ['a'] }], 'byName').ids.r!.a!;
    const taken: ServerIds = { next: 9, ids: { r: { b: first } } };
    const after = assignServerIds(taken, [{ rule: 'r', vms: ['b', 'a'] }], 'byName');
    expect(after.ids.r!.b).toBe(first);
    expect(after.ids.r!.a).not.toBe(first);
    expect(after.next).toBe(9);
  });
});
