import { type Body, FEED_VERSION, type InspectionDocument, type Message } from '@limpet/inspection';
import { createLaneReader, type Lanes } from './lane-states.ts';
import { modelMachines } from './model-machines.ts';

/** A path of the model, in words. */
export interface Path {
  title: string;
  notes: readonly string[];
  initial: Lanes;
  steps: readonly { lane: string; text: string; changed: Lanes }[];
  loopsFrom?: number | undefined;
}

/** A path as a recording: each step, and after it what the statecharts are. A step takes a second, as it has no other time. */
export function pathDocument({ title, notes, initial, steps, loopsFrom }: Path): InspectionDocument {
  const reader = createLaneReader(modelMachines);
  const messages: Message[] = [];
  const add = (at: number, body: Body): void => {
    messages.push({ seq: messages.length + 1, at, ...body });
  };
  for (const body of reader.read(initial)) add(0, body);
  steps.forEach(({ lane, text, changed }, index) => {
    const at = (index + 1) * 1000;
    add(at, { kind: 'step', lane, text, changed: { ...changed } });
    for (const body of reader.read(changed)) add(at, body);
  });
  return {
    format: 'limpet-inspection',
    version: FEED_VERSION,
    title,
    notes: [...notes],
    machines: [...modelMachines],
    messages,
    initial: { ...initial },
    ...(loopsFrom === undefined ? {} : { loopsFrom }),
  };
}
