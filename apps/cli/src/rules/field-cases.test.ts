/**
 * Rules files from the field, with what is right for each.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { createMemoryDataPlane } from '@limpet/data-plane';
import { inspectRouter } from '@limpet/router';
import { expect, it } from 'vitest';
import { sourceOf } from '../../testing/router-snapshot.ts';
import { changesTo } from './changes.ts';
import type { RulesError } from './errors.ts';
import { parseRules } from './parse-rules.ts';

const read = (name: string): Promise<string> =>
  readFile(new URL(`../../testdata/${name}.yaml`, import.meta.url), 'utf8');
const parse = async (name: string) => parseRules(await read(name), `${name}.yaml`);

it('c01: an HTTP rule needs to say nothing to have its client’s address forwarded', async () => {
  expect((await parse('c01-forwarded-for')).rules).toMatchObject([{ protocol: 'http' }]);
});

it('c02: keepAlive is for what HTTP is, and refused where it would do nothing', async () => {
  const dataPlane = createMemoryDataPlane({ localAddresses: ['203.0.113.10'] });
  const { rules } = await parse('c02-keepalive-ignored');
  await dataPlane.files.write('/etc/ssl/private/site.pem', await pem());
  const location = { dataPlane, dir: '/limpet' };
  const { refusals } = changesTo(sourceOf(rules), await inspectRouter(location, rules), location.dir);
  expect(refusals).toEqual([
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
