import type { Body } from '@limpet/inspection';
import { expect, it } from 'vitest';
import { createTrends } from './trends.ts';

function trends(...bodies: (Body & { at: number })[]) {
  const found = createTrends();
  for (const [index, body] of bodies.entries()) found.take({ seq: index + 1, ...body });
  return found;
}
const command = (at: number, actor = 'r') => ({ at, kind: 'command', actor, command: 'putRule' }) as const;
const holds = (at: number, actor = 'r') => ({ at, kind: 'verification', actor, verdict: 'holds' }) as const;

it('measures a change from the first time that it was asked for until it was seen', () => {
  const violated = { at: 350, kind: 'verification', actor: 'r', verdict: 'violated' } as const;
  const { lag } = trends(command(100), command(200, 'other'), command(300), violated, holds(400), holds(500));
  expect(lag).toEqual({ times: [0.4], values: [300] });
});

it('counts reloads, however many at once', () => {
  const reload = (at: number, more: object = {}) =>
    ({ at, kind: 'event', actor: 'router', event: { type: 'reload', ...more } }) as const;
  expect(trends(reload(1000), reload(3000, { count: 2 })).reloads).toEqual({ times: [1, 3], values: [1, 3] });
});

it('keeps the latest points of a long run', () => {
  const { lag } = trends(...Array.from({ length: 9000 }, (_, at) => [command(at), holds(at + 1)]).flat());
  expect(lag.times.length).toBeLessThanOrEqual(4000);
  expect(lag.times.length).toBe(lag.values.length);
  expect(lag.times.at(-1)).toBe(9);
});
