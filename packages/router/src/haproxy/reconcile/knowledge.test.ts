import { expect, it } from 'vitest';
import { distrustsConfigHash, isInDoubt, type Knowledge, readsEverything } from './knowledge.ts';

const drifted = (reloadedExternally: boolean): Knowledge => ({ rules: new Set(['a']), reloadedExternally });

it.each<[string, Knowledge, { everything: boolean; a: boolean; b: boolean; distrust: boolean }]>([
  ['nothing', 'none', { everything: true, a: true, b: true, distrust: false }],
  ['everything', 'all', { everything: false, a: false, b: false, distrust: false }],
  ['all but one rule', drifted(false), { everything: true, a: true, b: false, distrust: false }],
  ['not even the configuration', drifted(true), { everything: true, a: true, b: false, distrust: true }],
])('a router that knows %s', (_, knowledge, { everything, a, b, distrust }) => {
  expect(readsEverything(knowledge)).toBe(everything);
  expect([isInDoubt(knowledge, 'a'), isInDoubt(knowledge, 'b')]).toEqual([a, b]);
  expect(distrustsConfigHash(knowledge)).toBe(distrust);
});
