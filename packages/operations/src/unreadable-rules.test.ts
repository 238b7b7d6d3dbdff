import { readFile } from 'node:fs/promises';
import { createMemoryDataPlane } from '@limpet/data-plane';
import { createHaproxyRouter, inspectRouter, type RouterLocation, ruleId, verifyRules } from '@limpet/router';
import { expect, it } from 'vitest';
import { changesTo, commandsFor } from './changes.ts';
import type { Source } from './desired-state.ts';
import { readDatabag } from './read-databag.ts';
import { sendCommands } from './send-commands.ts';
import { keptRules, withUnreadable } from './unreadable-rules.ts';

const databag = await readFile(
  new URL('../../cloudstack/testdata/c25-databag-one-bad-rule.json', import.meta.url),
  'utf8',
);
const badLine = '\\tappsession JSESSIONID len 52 timeout 3h prefix mode query-string ';
const good = readDatabag(databag.replace(badLine, '\\tcookie SRV insert '), 'good.json');
const bad = readDatabag(databag, 'bad.json');

/** Without user and chroot, which HAProxy in memory has no use for. */
async function apply(source: Source, location: RouterLocation) {
  const snapshot = await inspectRouter(location);
  const router = await createHaproxyRouter({ ...location, settings: source.settings });
  const statuses = await sendCommands(router, commandsFor(source, snapshot), () => {});
  await router.detach();
  return withUnreadable(statuses, source.unreadable, snapshot, 0);
}

it('a rule that cannot be read is refused, the others go on, and what was in force for it stays (field case c25)', async () => {
  const dataPlane = createMemoryDataPlane({ localAddresses: ['203.0.113.10', '203.0.113.12'] });
  const location = { dataPlane, dir: '/limpet' };
  expect(good.unreadable).toEqual([]);
  await dataPlane.vms.start(good.rules.flatMap(({ members }) => members));
  await apply(good, location);
  const before = await inspectRouter(location);
  const sectionOf = (config: ReadonlyMap<string, string>) =>
    [...config.values()]
      .flatMap((text) => text.split(/^(?=listen )/m))
      .find((text) => text.includes('203_0_113_12-80'));
  expect(sectionOf(before.observed.config)).toContain('cookie SRV insert');

  const changed = { ...bad, rules: bad.rules.map((rule) => ({ ...rule, algorithm: 'leastconn' as const })) };
  const plan = changesTo(changed, before, location.dir);
  expect(plan.refusals).toEqual([
    {
      rule: '203.0.113.12:80',
      reason: 'RuleUnreadable',
      message: expect.stringMatching(
        /^bad\.json: rules\[0\]\.configuration\[43\]: "appsession .*what is in force for the rule stays$/,
      ),
    },
  ]);
  expect(plan.rules.map(({ rule, action }) => `${rule} ${action}`)).toEqual([
    '203.0.113.10:80 update',
    '203.0.113.10:8080 update',
    '203.0.113.12:80 none',
  ]);

  const statuses = await apply(changed, location);
  expect(statuses.map(({ key, conditions }) => `${ruleId(key)} ${conditions.map(({ status }) => status)}`)).toEqual([
    '203.0.113.10:80 True,True,True',
    '203.0.113.10:8080 True,True,True',
    '203.0.113.12:80 False,False,False',
  ]);
  expect(statuses[2]).toMatchObject({ generation: 3, observedGeneration: 3 });
  const after = await inspectRouter(location);
  expect(sectionOf(after.observed.config)).toBe(sectionOf(before.observed.config));
  expect(changesTo(changed, after, location.dir)).toMatchObject({ changes: false, also: [] });

  const rules = [...changed.rules, ...keptRules(changed.unreadable, after)];
  const { settings } = changed;
  const read = await verifyRules(after, { ...location, rules, settings, probe: false });
  expect(read.map(({ conditions }) => conditions[2]!.status)).toEqual(['True', 'True', 'True']);
});
