import { ruleRecordSchema } from '@limpet/contract';
import { createRandom } from '@limpet/data-plane';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextOperation, runtimeKinds } from './draw-operation.ts';
import { operationKinds } from './operations.ts';
import { applyOperation, initialState, type StormState } from './storm-state.ts';
import { waves } from './waves.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const sizes = fc.record({ rules: fc.integer({ min: 1, max: 12 }), members: fc.integer({ min: 2, max: 6 }) });

it('draws only what the rules of a router allow', () => {
  const everUsed = (state: StormState): string[] =>
    [...state.rules.values()].flatMap((rule) => rule.members.map(({ vm }) => vm));
  fc.assert(
    fc.property(seeds, sizes, (seed, size) => {
      const random = createRandom(seed);
      let state = initialState(size);
      const used = new Set(everUsed(state));
      for (let step = 0; step < 60; step++) {
        const operation = nextOperation(state, random)!;
        const { before, after, port } = operation;
        expect(state.rules.get(port)).toBe(before);
        expect(after).not.toEqual(before);
        if (after) {
          expect(ruleRecordSchema.safeParse(after).success).toBe(true);
          expect(after.members.filter((member) => member.state === 'serving').length).toBeGreaterThanOrEqual(2);
          const known = new Set(before?.members.map(({ vm }) => vm));
          const created = after.members.filter(({ vm }) => !known.has(vm));
          expect(created.filter(({ vm }) => used.has(vm))).toEqual([]);
          for (const { vm } of created) used.add(vm);
        }
        state = applyOperation(state, operation);
        expect(state.rules.get(port)).toBe(after);
        expect(state.rules.size).toBeGreaterThan(0);
      }
      const addresses = [...state.rules.values()].flatMap((rule) => rule.members.map(({ ip }) => ip));
      expect(new Set(addresses).size).toBe(addresses.length);
    }),
    { numRuns: 50 },
  );
});

it('leaves busy rules alone, and draws nothing when all are', () => {
  const state = initialState({ rules: 3, members: 2 });
  const [first, ...others] = state.rules.keys();
  fc.assert(
    fc.property(seeds, (seed) => {
      const operation = nextOperation(state, createRandom(seed), new Set(others), runtimeKinds);
      expect(operation?.port).toBe(first);
    }),
  );
  expect(nextOperation(state, createRandom(1), new Set(state.rules.keys()), runtimeKinds)).toBeUndefined();
});

it('comes to every kind', () => {
  const drawn = [...waves(initialState({ rules: 10, members: 4 }), 1000, createRandom(1))].flatMap(
    (wave) => wave.operations,
  );
  expect(new Set(drawn.map(({ kind }) => kind))).toEqual(new Set(operationKinds));
});

it('gives the same waves for the same seed, each of operations on rules of their own', () => {
  fc.assert(
    fc.property(seeds, sizes, (seed, size) => {
      const drawn = [...waves(initialState(size), 40, createRandom(seed))];
      expect([...waves(initialState(size), 40, createRandom(seed))]).toEqual(drawn);
      expect(drawn.flatMap(({ operations }) => operations)).toHaveLength(40);
      for (const { operations, runtimeOnly } of drawn) {
        expect(new Set(operations.map(({ port }) => port)).size).toBe(operations.length);
        if (runtimeOnly) expect(operations.filter(({ kind }) => !runtimeKinds.includes(kind))).toEqual([]);
      }
    }),
    { numRuns: 30 },
  );
});
