import type { Model } from '../ir.ts';
import { header } from './text.ts';

/** Re-exports the record types of the model. */
export function emitRecords(model: Model): string {
  const names = model.records.map((record) => record.name).sort();
  return `${header('the record types')}
export type {
${names.map((name) => `  ${name},`).join('\n')}
} from '@limpet/model';
`;
}
