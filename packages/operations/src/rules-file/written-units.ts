/**
 * Times and sizes as an operator writes them, as schemas.
 *
 * @module
 */
import { z } from 'zod';
import { parseSize, parseTime, renderSize, renderTime } from './units.ts';

/** What a number of the contract has to be. */
type Range = z.ZodInt | z.ZodNumber;

/** A time with a unit, as a number of `unitMs` within the contract's bounds. */
const time = (bounds: Range, unitMs: number) =>
  z
    .string({ error: 'expected a time with its unit, such as 500ms, 30s, 30m or 3h' })
    .regex(/^\d{1,12}(ms|s|m|h|d)$/, 'expected a time with its unit, such as 500ms, 30s, 30m or 3h')
    .transform((text, context): number => {
      const value = (parseTime(text) ?? Number.NaN) / unitMs;
      if (bounds.safeParse(value).success) return value;
      const least = renderTime((bounds.minValue ?? 0) * unitMs);
      const most = renderTime((bounds.maxValue ?? 0) * unitMs);
      context.addIssue({ code: 'custom', message: `expected a time from ${least} to ${most}, got ${text}` });
      return z.NEVER;
    });

const SIZE = 'expected a number of entries, such as 1000 or 200k (k, m and g in small letters)';

/** A number of entries, or one with k, m or g, within the contract's bounds. */
export const size = (bounds: Range) =>
  z
    .union([bounds, z.string().regex(/^\d{1,12}[kmg]$/, SIZE)], {
      error: SIZE,
    })
    .transform((written, context): number => {
      const value = typeof written === 'number' ? written : (parseSize(written) ?? Number.NaN);
      if (bounds.safeParse(value).success) return value;
      const message = `expected ${bounds.minValue} to ${renderSize(bounds.maxValue ?? 0)} entries, got ${written}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    });

/** A time with a unit, as seconds. */
export const seconds = (bounds: Range) => time(bounds, 1000);
/** A time with a unit, as milliseconds. */
export const milliseconds = (bounds: Range) => time(bounds, 1);
