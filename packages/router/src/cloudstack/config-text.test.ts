import { defaultSettings, generateConfiguration } from '@limpet/cloudstack';
import type { RuleRecord } from '@limpet/contract';
import { describe, expect, it } from 'vitest';
import { aRule, sourceBased } from '../../testing/cloudstack-rules.ts';
import { configText, sameConfig } from './config-text.ts';

const render = (rules: readonly RuleRecord[]) => configText(generateConfiguration(rules, defaultSettings));

/** `rules` with the stickiness of rule `i` switched over. */
function toggled(rules: readonly RuleRecord[], i: number): RuleRecord[] {
  return rules.map((rule, j) =>
    j === i ? { ...rule, stickiness: rule.stickiness.method === 'none' ? sourceBased : { method: 'none' } } : rule,
  );
}

describe('sameConfig', () => {
  const fifty = Array.from({ length: 50 }, (_, i) =>
    aRule({ port: 8080 + i, stickiness: i % 2 === 0 ? sourceBased : { method: 'none' } }),
  );
  const live = render(fifty);

  it('as a set of lines is blind to every single stickiness change among 50 rules, half of them sticky', () => {
    const invisible = fifty.filter((_, i) => sameConfig(live, render(toggled(fifty, i)), true));
    expect(invisible).toHaveLength(50);
  });

  it('as a list of lines sees each of them', () => {
    const invisible = fifty.filter((_, i) => sameConfig(live, render(toggled(fifty, i)), false));
    expect(invisible).toHaveLength(0);
  });

  it('as a set of lines sees the change of a rule that is alone', () => {
    expect(sameConfig(render([aRule()]), render(toggled([aRule()], 0)), true)).toBe(false);
  });

  it('as a set of lines does not see two rules swap their algorithms (apache/cloudstack#9822)', () => {
    const before = [aRule({ port: 22, algorithm: 'roundrobin' }), aRule({ port: 23, algorithm: 'source' })];
    const after = [aRule({ port: 22, algorithm: 'source' }), aRule({ port: 23, algorithm: 'roundrobin' })];
    expect(sameConfig(render(before), render(after), true)).toBe(true);
    expect(sameConfig(render(before), render(after), false)).toBe(false);
  });

  it('as a set of lines sees a new member', () => {
    const [first, ...others] = fifty;
    expect(sameConfig(live, render([{ ...first!, members: [] }, ...others]), true)).toBe(false);
  });
});
