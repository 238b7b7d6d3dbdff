import { describe, expect, it } from 'vitest';
import { exampleRules, exampleSettings, featureRules } from '../testing/example-rules.ts';
import { parseDatabag } from './databag.ts';
import { databagOf } from './queue-file.ts';
import { rulesFromDatabag } from './read/reader.ts';

// `npx vitest run packages/cloudstack -u` writes the files anew.
describe.each([
  ['load_balancer.json', exampleRules],
  ['every_feature.json', featureRules],
])('%s', (file, rules) => {
  const text = `${JSON.stringify(databagOf(rules, exampleSettings, { now: 1_727_000_000_000 }))}\n`;

  it('is what the simulator ships', async () => {
    await expect(text).toMatchFileSnapshot(`../../../apps/simulator/databags/${file}`);
  });

  it('holds the rules that it was made of', () => {
    expect(rulesFromDatabag(parseDatabag(text))).toEqual(rules);
  });
});
