import { calm, randomRun, type TraceRecord, type View } from '@limpet/checker';
import { createRandom } from '@limpet/data-plane';
import { type CheckModel, createView } from '@limpet/state-space';

/** The trace of a random execution that settles now and then. */
export function calmRun(
  model: CheckModel,
  seed: number,
  length: number,
  view: View = createView(model),
): Generator<TraceRecord> {
  const random = createRandom(seed);
  return randomRun(calm(model, random), view, random, length);
}
