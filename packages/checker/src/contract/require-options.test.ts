import { expect, it } from 'vitest';
import { createCounters } from '../../testing/counters.ts';
import { check } from '../check.ts';
import { explore } from '../explore.ts';
import { checkLiveness } from '../liveness.ts';
import { renderTrace } from '../render.ts';
import { graphOf } from '../tours/index.ts';

const model = createCounters({ processes: 1, limit: 2 });
const misspelt = { maxState: 3 } as object;
const trace = { initial: [0], labels: [], loopsFrom: null } as never;

it.each<[string, () => unknown]>([
  ['explore', () => explore(model, misspelt)],
  ['check', () => check(model, misspelt)],
  ['checkLiveness', async () => checkLiveness(await explore(model), misspelt)],
  ['graphOf', () => graphOf(model, misspelt)],
  ['renderTrace', () => renderTrace(model, trace, misspelt)],
])('%s refuses an option that there is not, and names those that there are', async (_, call) => {
  await expect((async () => call())()).rejects.toMatchObject({
    code: 'CHECKER_BAD_OPTION',
    message: expect.stringMatching(/^maxState: there is no such option; there are \w+/),
  });
});
