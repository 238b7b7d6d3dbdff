import type { InspectionDocument } from '@limpet/inspection';
import * as z from 'zod';
import { pathDocument } from './path-document.ts';

/** What `limpet monitor -o json` prints, as far as it is shown. */
export const monitorResultSchema = z.object({
  explained: z.boolean(),
  lines: z.int(),
  alarm: z
    .object({
      line: z.int(),
      reason: z.string(),
      record: z.record(z.string(), z.json()),
      expected: z.object({ events: z.array(z.string()) }),
      states: z.array(z.record(z.string(), z.string())),
    })
    .nullable(),
});

/** A result of `limpet monitor` as a recording: a state in which the system may have been, and what it cannot have done there. */
export function monitorDocument({ lines, alarm }: z.infer<typeof monitorResultSchema>): InspectionDocument {
  if (alarm === null)
    return pathDocument({ title: `the model explains all ${lines} lines`, notes: [], initial: {}, steps: [] });
  const { line, reason, record, expected, states } = alarm;
  const event = typeof record.event === 'string' ? record.event : JSON.stringify(record);
  return pathDocument({
    title: `line ${line} is no execution of the model`,
    notes: [
      `${reason}: ${event}`,
      `Possible instead: ${expected.events.join(', ') || 'nothing'}.`,
      ...(states.length > 1 ? [`The first of ${states.length} states that fit the lines before.`] : []),
    ],
    initial: states[0] ?? {},
    steps: [{ lane: 'trace', text: event, changed: {} }],
  });
}
