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
  /** The model before the first step, and after each. */
  states: z.array(lanes).default([]),
});
type Failure = z.output<typeof failureSchema>;

/** What `limpet conform -o json` prints, as far as it is shown. */
export const conformResultSchema = z.object({
  suites: z.array(z.object({ suite: z.string(), failures: z.array(failureSchema) })).min(1),
});

/** A file that `limpet conform` writes of a failure, as far as it is shown. */
export const failureFileSchema = z.object({ router: z.string(), bug: z.string().optional(), failure: failureSchema });

/** A result of `limpet conform` as a recording: the path of its first failure, and after the last step what differs. */
export function conformDocument({ suites }: z.output<typeof conformResultSchema>): InspectionDocument {
  const failures = suites.flatMap(({ suite, failures: own }) => own.map((failure) => ({ suite, failure })));
  const [first] = failures;
  if (first === undefined)
    return pathDocument({ title: 'limpet conform found no failure', notes: [], initial: {}, steps: [] });
  const { suite, failure } = first;
  const more = failures.length === 1 ? [] : [`The first of ${failures.length} failures.`];
  return failureDocument(`failure of the suite ${suite} after ${failure.path.length} steps`, failure, more);
}

/** A file of a failure as a recording. */
export function failureFileDocument({ router, bug, failure }: z.output<typeof failureFileSchema>): InspectionDocument {
  const who = bug === undefined ? router : `${router} with ${bug}`;
  return failureDocument(`failure of ${who} after ${failure.path.length} steps`, failure, []);
}

function failureDocument(title: string, failure: Failure, more: readonly string[]): InspectionDocument {
  const { path, sentences, story, expected, observed, model, states } = failure;
  const differing = Object.entries(observed)
    .filter(([name, value]) => value !== expected[name])
    .map(([name, value]) => [name, `expected ${expected[name] ?? 'nothing'}; saw ${value}`] as const);
  return pathDocument({
    title,
    notes: [...(story === undefined ? [] : [story]), ...sentences, ...more],
    initial: states[0] ?? {},
    steps: path.map((sentence, at) => {
      const [, lane = '', text = sentence] = /^([\w ]{1,30}): (.*)$/s.exec(sentence) ?? [];
      // An older result has the model's state at the end alone.
      const after = states[at + 1] ?? (at < path.length - 1 ? {} : model);
      const changed = Object.entries(after).filter(([name, value]) => value !== states[at]?.[name]);
      return { lane, text, changed: Object.fromEntries([...changed, ...(at < path.length - 1 ? [] : differing)]) };
    }),
  });
}
