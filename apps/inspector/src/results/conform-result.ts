import type { InspectionDocument } from '@limpet/inspection';
import * as z from 'zod';
import { pathDocument } from './path-document.ts';

const lanes = z.record(z.string(), z.string());
const failureSchema = z.object({
  path: z.array(z.string()).min(1),
  sentences: z.array(z.string()),
  story: z.string().optional(),
  expected: lanes,
  observed: lanes,
  model: lanes,
});

/** What `limpet conform -o json` prints, as far as it is shown. */
export const conformResultSchema = z.object({
  suites: z.array(z.object({ suite: z.string(), failures: z.array(failureSchema) })).min(1),
});

/** A result of `limpet conform` as a recording: the path of its first failure, and after the last step what differs. */
export function conformDocument({ suites }: z.infer<typeof conformResultSchema>): InspectionDocument {
  const failures = suites.flatMap(({ suite, failures: own }) => own.map((failure) => ({ suite, ...failure })));
  const [failure] = failures;
  if (failure === undefined)
    return pathDocument({ title: 'limpet conform found no failure', notes: [], initial: {}, steps: [] });
  const { suite, path, sentences, story, expected, observed, model } = failure;
  const differing = Object.entries(observed)
    .filter(([name, value]) => value !== expected[name])
    .map(([name, value]) => [name, `expected ${expected[name] ?? 'nothing'}; saw ${value}`] as const);
  return pathDocument({
    title: `failure of the suite ${suite} after ${path.length} steps`,
    notes: [
      ...(story === undefined ? [] : [story]),
      ...sentences,
      ...(failures.length === 1 ? [] : [`The first of ${failures.length} failures.`]),
    ],
    initial: {},
    steps: path.map((sentence, at) => {
      const [, lane = '', text = sentence] = /^([\w ]{1,30}): (.*)$/s.exec(sentence) ?? [];
      return { lane, text, changed: at < path.length - 1 ? {} : { ...model, ...Object.fromEntries(differing) } };
    }),
  });
}
