import { expect, it } from 'vitest';
import { parseDatabag } from './databag.ts';
import { databagOf } from './queue-file.ts';
import { rulesFromDatabag } from './reader.ts';
import { exampleRules, exampleSettings } from './testing/example-rules.ts';

const text = `${JSON.stringify(databagOf(exampleRules, exampleSettings, { now: 1_727_000_000_000 }))}\n`;

// `npx vitest run packages/cloudstack -u` writes the file anew.
it('is what the simulator ships', async () => {
  await expect(text).toMatchFileSnapshot('../../../apps/simulator/databags/load_balancer.json');
});

it('holds the rules that it was made of', () => {
  expect(rulesFromDatabag(parseDatabag(text))).toEqual(exampleRules);
});
