import { ContractError, parse } from '@limpet/contract';
import type { z } from 'zod';
import type { ConfigLine } from './lines.ts';
import { syntax } from './sections.ts';

/** What was read from a line, checked by the contract's schema. @throws CloudStackError with the line's place. */
export function checked<T>(schema: z.ZodType<T>, value: unknown, line: ConfigLine): T {
  try {
    return parse(schema, value, line.words[0]!);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    throw syntax(line, `"${line.text}": ${error.message}`);
  }
}
