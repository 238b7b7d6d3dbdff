import { expect, test } from 'vitest';
import { runExample } from '../testing/readme.ts';

test('the second example of the README prints what the README says', async () => {
  const { printed, promised } = await runExample(1);
  expect(printed).toBe(promised);
});
