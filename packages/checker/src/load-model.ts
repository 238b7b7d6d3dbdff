import { CheckerError } from './errors.ts';
import { maxInvariants } from './findings.ts';
import type { Model, ModelSource } from './model.ts';

/** The model that a source names; what it breaks of the contract of `Model` is refused here. */
export async function loadModel(source: ModelSource): Promise<Model> {
  const module: Record<string, unknown> = await import(source.module);
  const factory = module[source.factory];
  if (typeof factory !== 'function') {
    throw new CheckerError('CHECKER_BAD_MODEL', `${source.module} exports no function ${source.factory}`);
  }
  return requireModel(await factory(source.options));
}

/**
 * The model itself, once its numbers are known to be within the checker's limits: 1 to 4 words, at least one initial state of
 * that many words, at most 31 invariants, `maxSuccessors` of 1 to 65,535.
 *
 * @throws CheckerError `CHECKER_BAD_MODEL`.
 */
export function requireModel(model: Model): Model {
  const bad = (what: string): CheckerError => new CheckerError('CHECKER_BAD_MODEL', `${model.name}: ${what}`);
  if (!Number.isInteger(model.words) || model.words < 1 || model.words > 4) throw bad('words must be 1 to 4');
  if (model.initial.length === 0) throw bad('there is no initial state');
  if (model.initial.some((state) => state.length !== model.words)) throw bad('an initial state has not `words` words');
  if (model.invariants.length > maxInvariants) throw bad(`more than ${maxInvariants} invariants`);
  if (!(model.maxSuccessors >= 1 && model.maxSuccessors < 2 ** 16)) throw bad('maxSuccessors must be 1 to 65535');
  return model;
}
