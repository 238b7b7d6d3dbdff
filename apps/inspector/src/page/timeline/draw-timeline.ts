import type { Message } from '@limpet/inspection';
import { LANE_OF, LANES } from './lanes.ts';

/** The height of a lane, and of the room above all of them, in CSS pixels. */
export const LANE_HEIGHT = 34;
/** The room above the lanes. */
export const TOP = 6;

/** What is drawn, and where. */
export interface TimelinePicture {
  messages: readonly Message[];
  /** The indices of the messages at the left and at the right edge. */
  from: number;
  to: number;
  cursor: number;
  width: number;
  /** The actors whose messages stand out; undefined: all. */
  actors: ReadonlySet<string> | undefined;
  colour(variable: string): string;
}

/** Where the message with this index is. */
export function xOf(index: number, { from, to, width }: Pick<TimelinePicture, 'from' | 'to' | 'width'>): number {
  return 8 + ((index - from + 0.5) / Math.max(1, to - from + 1)) * (width - 16);
}

/** The index of the message at a place. */
export function indexAt(x: number, { from, to, width }: Pick<TimelinePicture, 'from' | 'to' | 'width'>): number {
  const index = from + Math.floor(((x - 8) / (width - 16)) * (to - from + 1));
  return Math.max(from, Math.min(to, index));
}

/**
 * Draws the lanes. Of more messages than pixels, one stands for those that share its pixel and lane, so the cost is bounded by
 * the width and not by the length of the run; a fault or a violated verification is never hidden by another.
 */
export function drawTimeline(context: CanvasRenderingContext2D, picture: TimelinePicture): void {
  const { messages, from, to, cursor, width, actors, colour } = picture;
  const height = TOP + LANES.length * LANE_HEIGHT;
  context.clearRect(0, 0, width, height);
  LANES.forEach((_, lane) => {
    context.fillStyle = colour(lane % 2 === 0 ? '--lane' : '--paper');
    context.fillRect(0, TOP + lane * LANE_HEIGHT, width, LANE_HEIGHT);
  });
  const mark = Math.max(2, Math.min(10, ((width - 16) / Math.max(1, to - from + 1)) * 0.7));
  const step = Math.max(1, Math.floor((to - from + 1) / (width * 2)));
  const last = new Int32Array(LANES.length).fill(-1);
  for (let index = from; index <= to; index++) {
    const message = messages[index];
    if (message === undefined) continue;
    const lane = LANE_OF.get(message.kind)!;
    const bad = isBad(message);
    const x = xOf(index, picture);
    const pixel = Math.floor(x);
    if (step > 1 && !bad && last[lane] === pixel) continue;
    last[lane] = pixel;
    const faint =
      actors !== undefined && !('actor' in message && message.actor !== undefined && actors.has(message.actor));
    context.globalAlpha = faint ? 0.15 : index > cursor ? 0.4 : 1;
    context.fillStyle = colour(bad ? '--bad' : LANES[lane]!.colour);
    context.fillRect(x - mark / 2, TOP + lane * LANE_HEIGHT + (bad ? 3 : 8), mark, LANE_HEIGHT - (bad ? 6 : 16));
  }
  context.globalAlpha = 1;
  if (cursor >= from && cursor <= to) {
    context.fillStyle = colour('--text');
    context.fillRect(Math.round(xOf(cursor, picture)) - 1, 0, 2, height);
  }
}

/** It tells that something is not as it should be. */
export function isBad(message: Message): boolean {
  return message.kind === 'fault' || (message.kind === 'verification' && message.verdict === 'violated');
}
