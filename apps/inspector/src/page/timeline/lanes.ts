import type { Kind } from '@limpet/inspection';

/** A lane of the timeline, from top to bottom; each kind of message has a place in one. */
export interface Lane {
  readonly name: string;
  readonly kinds: readonly Kind[];
  /** The CSS variable with its colour. */
  readonly colour: string;
}

/** The lanes. */
export const LANES: readonly Lane[] = [
  { name: 'Steps', kinds: ['step'], colour: '--text' },
  { name: 'Events', kinds: ['event', 'actor'], colour: '--event' },
  { name: 'Transitions', kinds: ['transition', 'snapshot'], colour: '--accent' },
  { name: 'Commands', kinds: ['command'], colour: '--command' },
  { name: 'Answers', kinds: ['ack'], colour: '--guard' },
  { name: 'Verifications', kinds: ['verification'], colour: '--good' },
  { name: 'Faults', kinds: ['fault'], colour: '--bad' },
];

/** The lane of each kind, from 0. */
export const LANE_OF: ReadonlyMap<Kind, number> = new Map(
  LANES.flatMap(({ kinds }, lane) => kinds.map((kind) => [kind, lane] as const)),
);
