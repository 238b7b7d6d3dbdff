/**
 * Rules and settings in the form of a rules file: the way back from what `rules-schema.ts` reads.
 *
 * @module
 */
import type { HaproxySettings, HealthCheck, RuleRecord, Stickiness } from '@limpet/contract';
import type { z } from 'zod';
import type { fileRuleSchema } from './rules-schema.ts';
import type { settingsSchema } from './settings-schema.ts';
import { renderSize, renderTime } from './units.ts';

/** A rule as a rules file has it. */
export type FileRule = z.input<typeof fileRuleSchema>;
/** Settings as a rules file has them. */
export type FileSettings = z.input<typeof settingsSchema>;

/** The rule as a rules file has it. */
export const fileRule = ({ stickiness, timeouts, healthCheck, ...rest }: RuleRecord): FileRule => ({
  ...rest,
  stickiness: fileStickiness(stickiness),
  ...(timeouts && { timeouts: fileTimeouts(timeouts) }),
  ...(healthCheck && { healthCheck: fileHealthCheck(healthCheck) }),
});

/** The settings as a rules file has them. */
export const fileSettings = ({ timeouts, ...rest }: HaproxySettings): FileSettings => ({
  ...rest,
  timeouts: fileTimeouts(timeouts),
});

const renderSeconds = (seconds: number): string => renderTime(seconds * 1000);

/** A file has no unit for what is not a multiple of 1024. */
const fileSize = (size: number): number | string => (size % 1024 === 0 ? renderSize(size) : size);

function fileStickiness(stickiness: Stickiness): FileRule['stickiness'] {
  switch (stickiness.method) {
    case 'none':
      return stickiness;
    case 'SourceBased': {
      const { method, tableSize, expireSeconds } = stickiness;
      return { method, tablesize: fileSize(tableSize), expire: renderSeconds(expireSeconds) };
    }
    case 'LbCookie': {
      const { cookieName, domains, ...rest } = stickiness;
      return { ...rest, 'cookie-name': cookieName, domain: domains };
    }
    case 'AppCookie': {
      const { cookieName, holdTimeSeconds, requestLearn, ...rest } = stickiness;
      return {
        ...rest,
        'cookie-name': cookieName,
        holdtime: renderSeconds(holdTimeSeconds),
        'request-learn': requestLearn,
      };
    }
  }
}

const fileTimeouts = (times: { connectMs?: number; clientMs?: number; serverMs?: number }) =>
  Object.fromEntries(
    Object.entries(times).map(([name, ms]) => [name.slice(0, -'Ms'.length), renderTime(ms)]),
  ) as NonNullable<FileRule['timeouts']>;

const fileHealthCheck = ({ intervalMs, timeoutMs, ...rest }: HealthCheck): FileRule['healthCheck'] => ({
  ...rest,
  interval: renderTime(intervalMs),
  timeout: renderTime(timeoutMs),
});
