import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonShape } from './json-shape.ts';

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
const valuesIn = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>((sum, each) => sum + valuesIn(each), 1)
    : 1;

it('knows depth and number of values without parsing, whatever stands in texts', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      const { depth, values } = jsonShape(JSON.stringify(value, null, indent));
      expect(depth).toBe(depthOf(value));
      expect(values).toBeGreaterThanOrEqual(valuesIn(value));
      expect(values).toBeLessThanOrEqual(2 * valuesIn(value));
    }),
  );
  expect(jsonShape('"[{,\\"[{,\\\\"')).toEqual({ depth: 0, values: 1 });
  expect(jsonShape('[[{"a":[]},0]]')).toMatchObject({ depth: 4 });
});
