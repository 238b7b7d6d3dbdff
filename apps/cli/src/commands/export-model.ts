import { promelaOfCells, promelaOfSystem } from '@limpet/state-space';
import { CliError } from '../errors.ts';

/** What `limpet check --export` takes. */
export const EXPORT_FORMATS = ['promela', 'promela-system'] as const;

/** What is to be exported: the options as given, and what they are with their defaults. */
export interface ExportRequest {
  format: (typeof EXPORT_FORMATS)[number];
  given: { groups?: number | undefined; bug?: string | undefined };
  model: Parameters<typeof promelaOfCells>[0];
}

/**
 * The model for another checker: as cells, or event by event.
 *
 * @throws CliError `USAGE` for what the format cannot have; RangeError for sizes out of the model's bounds
 */
export function exportModel({ format, given, model }: ExportRequest): string {
  if (format === 'promela') return promelaOfCells(model);
  if (given.groups !== undefined && given.groups !== 1)
    throw new CliError('USAGE', `--export promela-system is of one group, got --groups ${given.groups}: leave it out`);
  if (given.bug !== undefined)
    throw new CliError('USAGE', '--export promela-system has no --bug: edit a statechart, or use --export promela');
  return promelaOfSystem({ members: model.members });
}
