/**
 * Loads the model and its composition once more for each mutant: all of their modules have the mutant's number in their address, so
 * that they are modules of their own, and one of them has the mutated text.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as Model from '@limpet/model';
import type { createCompositionModel, systemEventsOf } from '@limpet/state-space';
import { applyEdits, type Mutant } from './mutant.ts';

/** A mutated model, and the composition of it that the checker explores. */
export interface LoadedMutant {
  readonly model: typeof Model;
  readonly createCompositionModel: typeof createCompositionModel;
  readonly systemEventsOf: typeof systemEventsOf;
}

/** What is loaded; no edits: the model as it is. */
export type MutatedFile = Pick<Mutant, 'file' | 'edits'>;

const numbered = /\?mutant=(\d+)$/;

/** @param root - of the repository. Registers hooks for the modules of this thread. */
export function createLoader(root: string): (mutant: MutatedFile) => Promise<LoadedMutant> {
  const urlOf = (path: string): string => pathToFileURL(join(root, path)).href;
  const copied = [urlOf('packages/model/src/'), urlOf('packages/state-space/src/composition/')];
  const loaded: MutatedFile[] = [];
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const number = numbered.exec(context.parentURL ?? '')?.[1];
      const isCopied = number !== undefined && copied.some((folder) => resolved.url.startsWith(folder));
      return isCopied ? { ...resolved, url: `${resolved.url}?mutant=${number}` } : resolved;
    },
    load(url, context, next) {
      const mutant = loaded[Number(numbered.exec(url)?.[1])];
      const original = url.replace(numbered, '');
      if (mutant === undefined || original !== urlOf(mutant.file)) return next(url, context);
      const source = applyEdits(readFileSync(fileURLToPath(original), 'utf8'), mutant.edits);
      return { format: 'module-typescript', source, shortCircuit: true };
    },
  });
  return async (mutant) => {
    const number = loaded.push(mutant) - 1;
    const load = (path: string) => import(`${urlOf(path)}?mutant=${number}`);
    const composition = 'packages/state-space/src/composition';
    const { createCompositionModel: create } = await load(`${composition}/composition.ts`);
    const { systemEventsOf: events } = await load(`${composition}/events.ts`);
    return { createCompositionModel: create, systemEventsOf: events, model: await load('packages/model/src/index.ts') };
  };
}
