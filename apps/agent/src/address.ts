import { ruleKeySchema } from '@limpet/contract';
import { keyOf } from '@limpet/router';
import { z } from 'zod';

/**
 * Text of an IPv4 address and a port that there are, written in the one way that is compared: no port above 65535, no
 * `010.0.0.1`.
 *
 * @param expected what is said of any other text
 */
export const addressSchema = (expected: string) =>
  z
    .string()
    .regex(/^(\d{1,3}\.){3}\d{1,3}:[1-9]\d{0,4}$/, { error: expected, abort: true })
    .refine((text) => ruleKeySchema.safeParse(keyOf(text)).success, expected);
