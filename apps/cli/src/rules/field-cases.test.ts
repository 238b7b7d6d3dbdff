/**
 * Rules files from the field, with what is right for each.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { canonicalRule, type HaproxySettings, type RuleRecord } from '@limpet/contract';
import { createMemoryDataPlane, type DataPlane } from '@limpet/data-plane';
import { changesTo, parseRules, type RulesError, withPatch } from '@limpet/operations';
import { sourceOf } from '@limpet/operations/testing';
import { defaultSettings, inspectRouter } from '@limpet/router';
import { expect, it } from 'vitest';
import { parseSetOptions } from './set-options.ts';

const read = (name: string): Promise<string> =>
  readFile(new URL(`../../testdata/${name}.yaml`, import.meta.url), 'utf8');
const parse = async (name: string) => parseRules(await read(name), `${name}.yaml`);

it('c01: an HTTP rule needs to say nothing to have its client’s address forwarded', async () => {
  expect((await parse('c01-forwarded-for')).rules).toMatchObject([{ protocol: 'http' }]);
});

it('c02: keepAlive is for what HTTP is, and refused where it would do nothing', async () => {
  const { rules } = await parse('c02-keepalive-ignored');
  expect(await refusalsOf(rules)).toEqual([
    {
      rule: '203.0.113.10:3306',
      reason: 'HttpOptionUnused',
      message: expect.stringMatching(/^keepAlive: only where the payload is HTTP/),
    },
  ]);
});

const testdata = new URL('../../../../packages/router/testdata/', import.meta.url);
const pem = async (): Promise<string> =>
  (await Promise.all(['certificate', 'key'].map((name) => readFile(new URL(`${name}.pem`, testdata), 'utf8')))).join(
    '',
  );

it('c04: two hundred networks, some within others, are taken in their shortest form', async () => {
  const { rules } = await parse('c04-long-cidr-list');
  const { cidrs } = canonicalRule(rules[0]!);
  expect(cidrs).toContain('198.51.100.8/29');
  expect(cidrs).not.toContain('198.51.100.9/32');
  expect(cidrs).toContain('10.2.0.0/21');
  expect(await refusalsOf(rules)).toEqual([]);
});

it('c17: a machine with few descriptors says which setting to lower, and takes the rule then', async () => {
  const { rules } = await parse('c17-descriptors');
  const descriptorLimit = async () => 4096;
  const [refusal] = await refusalsOf(rules, { descriptorLimit });
  expect(refusal).toMatchObject({
    reason: 'DescriptorBudgetExceeded',
    message: expect.stringContaining('lower the setting maxConnections'),
  });
  const settings = withPatch(defaultSettings, parseSetOptions(['maxConnections=1000'])[0]);
  expect(await refusalsOf(rules, { descriptorLimit }, settings)).toEqual([]);
});

it("c20: CloudStack's own management servers are taken as they are", async () => {
  const { rules } = await parse('c20-management-servers');
  expect(await refusalsOf(rules)).toEqual([]);
});

async function refusalsOf(
  rules: readonly RuleRecord[],
  host: Partial<DataPlane> = {},
  settings: HaproxySettings = defaultSettings,
) {
  const memory = createMemoryDataPlane({ localAddresses: rules.map(({ ip }) => ip) });
  await memory.files.write('/etc/ssl/private/site.pem', await pem());
  const location = { dataPlane: { ...memory, ...host }, dir: '/limpet' };
  const source = { ...sourceOf(rules), settings };
  return changesTo(source, await inspectRouter(location, rules), location.dir).refusals;
}

it('c16: what a rule cannot say is refused by its place, all of it at once', async () => {
  const error = await parse('c16-refusals').catch((caught: RulesError) => caught);
  const places = (error as RulesError).lines.map((line) => /rules\[\d\]\S*?(?=: )/.exec(line)?.[0]);
  expect(places).toEqual(
    expect.arrayContaining([
      'rules[0].members[1].backup',
      'rules[1].port',
      'rules[2].ip',
      'rules[4].protocol',
      'rules[5].port',
      'rules[5].timeouts.tunnel',
      'rules[5].timeouts.client',
    ]),
  );
});

it('c19: members in another order are the same rule', async () => {
  expect(await parse('c19-order-b')).toEqual(await parse('c19-order-a'));
});
