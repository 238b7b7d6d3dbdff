import type { RuleRecord, Stickiness } from '@limpet/contract';
import { defaultSettings, haproxySettingsOf } from '@limpet/router';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rule } from '../../testing/router-snapshot.ts';
import { fileRuleSchema } from './rules-schema.ts';
import { settingsSchema, withPatch } from './settings-schema.ts';
import { fileRule, fileSettings } from './write-rules.ts';

const seconds = fc.integer({ min: 1, max: 2_147_483 });
const stickiness: fc.Arbitrary<Stickiness> = fc.oneof(
  fc.constant({ method: 'none' as const }),
  fc.record({
    method: fc.constant('SourceBased' as const),
    tableSize: fc.oneof(fc.integer({ min: 1, max: 10_000_000 }), fc.constant(204_800)),
    expireSeconds: seconds,
  }),
  fc.record({
    method: fc.constant('LbCookie' as const),
    cookieName: fc.constant('SRV'),
    mode: fc.constantFrom('insert' as const, 'prefix' as const),
    nocache: fc.boolean(),
    indirect: fc.boolean(),
    postonly: fc.boolean(),
    domains: fc.constant<string[]>(['example.com']),
  }),
  fc.record({
    method: fc.constant('AppCookie' as const),
    cookieName: fc.constant('JSESSIONID'),
    length: fc.integer({ min: 1, max: 1024 }),
    holdTimeSeconds: seconds,
    requestLearn: fc.boolean(),
  }),
);
const ms = fc.integer({ min: 100, max: 3_600_000 });
const rules: fc.Arbitrary<RuleRecord> = fc
  .record(
    {
      stickiness,
      timeouts: fc.record({ connectMs: ms, clientMs: ms, serverMs: ms }, { requiredKeys: [] }),
      healthCheck: fc.record({
        path: fc.constant('/health'),
        intervalMs: ms,
        timeoutMs: ms,
        healthyThreshold: fc.constant(2),
        unhealthyThreshold: fc.constant(3),
      }),
      keepAlive: fc.boolean(),
    },
    { requiredKeys: ['stickiness'] },
  )
  .map(rule);

it('writes a rule that a rules file reads as the same', () => {
  fc.assert(
    fc.property(rules, (record) => {
      expect(fileRuleSchema.parse(fileRule(record))).toEqual(record);
    }),
  );
});

it('writes settings that a rules file reads as the same', () => {
  fc.assert(
    fc.property(fc.record({ connectMs: ms, clientMs: fc.constant(0), serverMs: ms }), (timeouts) => {
      const settings = { ...haproxySettingsOf(defaultSettings), timeouts };
      expect(withPatch(haproxySettingsOf(defaultSettings), settingsSchema.parse(fileSettings(settings)))).toEqual(
        settings,
      );
    }),
  );
});
