import type { InspectionDocument } from '@limpet/inspection';
import * as z from 'zod';
import { pathDocument } from './path-document.ts';

const lanes = z.record(z.string(), z.string());

/** What `limpet check -o json` prints, as far as it is shown. */
export const checkResultSchema = z.object({
  invariants: z.array(z.object({ name: z.string(), holds: z.boolean() })),
  counterexample: z
    .object({
      initial: lanes.default({}),
      steps: z.array(z.object({ lane: z.string(), text: z.string(), changed: lanes.default({}) })).min(1),
      loopsFrom: z.int().nonnegative().nullish(),
    })
    .nullable(),
});

/** A result of `limpet check` as a recording: its counterexample, or the machines alone when it found none. */
export function checkDocument({ invariants, counterexample }: z.infer<typeof checkResultSchema>): InspectionDocument {
  const broken = invariants.filter(({ holds }) => !holds).map(({ name }) => name);
  if (counterexample === null)
    return pathDocument({
      title: 'limpet check found no counterexample',
      notes: [`${invariants.length} invariants hold.`],
      initial: {},
      steps: [],
    });
  const { initial, steps, loopsFrom } = counterexample;
  return pathDocument({
    title: `counterexample in ${steps.length} steps`,
    notes: [broken.length === 0 ? 'A change is never in force.' : `Does not hold: ${broken.join(', ')}.`],
    initial,
    steps,
    loopsFrom: loopsFrom ?? undefined,
  });
}
