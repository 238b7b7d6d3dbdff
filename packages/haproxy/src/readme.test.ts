import { expect, test } from 'vitest';
import { runExample } from '../testing/readme.ts';

test('the first example of the README prints what the README says', async () => {
  const { printed, promised } = await runExample(0);
  expect(printed).toBe(promised);
});
