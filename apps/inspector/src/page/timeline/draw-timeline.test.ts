import type { Message } from '@limpet/inspection';
import { expect, it } from 'vitest';
import { drawTimeline, indexAt, type TimelinePicture, xOf } from './draw-timeline.ts';
import { LANE_OF, LANES } from './lanes.ts';

const commands = (count: number): Message[] =>
  Array.from({ length: count }, (_, at) => ({ seq: at + 1, at, kind: 'command', actor: 'a', command: 'putRule' }));

/** The rectangles that are filled, with their colours. */
function draw(
  picture: Partial<TimelinePicture> & { messages: readonly Message[] },
): { colour: string; alpha: number }[] {
  const filled: { colour: string; alpha: number }[] = [];
  const context = {
    fillStyle: '',
    globalAlpha: 1,
    clearRect: () => {},
    fillRect() {
      filled.push({ colour: this.fillStyle, alpha: this.globalAlpha });
    },
  };
  drawTimeline(context as unknown as CanvasRenderingContext2D, {
    from: 0,
    to: picture.messages.length - 1,
    cursor: -1,
    width: 800,
    actors: undefined,
    colour: (variable) => variable,
    ...picture,
  });
  return filled;
}

it('has a lane for every kind of message', () => {
  const kinds = [
    'actor',
    'event',
    'transition',
    'snapshot',
    'command',
    'ack',
    'fault',
    'verification',
    'step',
  ] as const;
  expect(kinds.map((kind) => LANE_OF.get(kind))).not.toContain(undefined);
  expect(LANE_OF.size).toBe(kinds.length);
});

it('finds the message under the pointer, at any width', () => {
  for (const width of [100, 800, 3000])
    for (const [from, to] of [
      [0, 0],
      [0, 7],
      [40, 90],
    ] as const)
      for (let index = from; index <= to; index++)
        expect(indexAt(xOf(index, { from, to, width }), { from, to, width })).toBe(index);
  expect(indexAt(-50, { from: 2, to: 5, width: 100 })).toBe(2);
  expect(indexAt(500, { from: 2, to: 5, width: 100 })).toBe(5);
});

it('draws no more than there are pixels, and every fault', () => {
  const messages = commands(40_000);
  messages[20_000] = { seq: 20_001, at: 0, kind: 'fault', what: 'lost' };
  const filled = draw({ messages });
  expect(filled.length).toBeLessThan(800 + LANES.length + 1);
  expect(filled.filter(({ colour }) => colour === '--bad')).toHaveLength(1);
});

it('shows what is yet to come, and what others did, fainter', () => {
  const marks = draw({ messages: commands(2), cursor: 0 }).slice(LANES.length, LANES.length + 2);
  expect(marks.map(({ alpha }) => alpha)).toEqual([1, 0.4]);
  const others = draw({ messages: commands(1), cursor: 0, actors: new Set(['b']) });
  expect(others[LANES.length]!.alpha).toBe(0.15);
});
