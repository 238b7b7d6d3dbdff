import { requireModel } from './contract/require-model.ts';
import { CheckerError } from './errors.ts';
import type { Model, ModelSource } from './model.ts';

/** True for what names a model, in place of a model. */
export const isSource = (from: ModelSource | Model): from is ModelSource =>
  typeof from === 'object' && from !== null && 'factory' in from;

/**
 * The model that a source names.
 *
 * @throws CheckerError `CHECKER_BAD_MODEL` for a factory that is not there, or makes no model.
 */
export async function loadModel(source: ModelSource): Promise<Model> {
  const module: Record<string, unknown> = await import(source.module);
  const factory = module[source.factory];
  if (typeof factory !== 'function') {
    throw new CheckerError('CHECKER_BAD_MODEL', `${source.module} exports no function ${source.factory}`);
  }
  return requireModel(await factory(source.options));
}
