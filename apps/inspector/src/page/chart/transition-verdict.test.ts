import { expect, it } from 'vitest';
import { verdictOn } from './transition-verdict.tsx';

const active = new Set(['m', 'm.a']);
const of = (source: string, guard?: string) => ({ id: 't', source, ...(guard !== undefined && { guard }) });

it.each([
  [of('m.a', 'isReady'), ['t'], 'It would be taken now.'],
  [of('m.b'), [], 'Its state is not active.'],
  [of('m.b', 'isReady'), undefined, 'Its state is not active.'],
  [of('m.a', 'isReady'), [], 'Its guard isReady says no, or another comes first.'],
  [of('m.a'), ['other'], 'Another comes first.'],
  [of('m.a'), undefined, 'Its state is active: it is taken unless another comes first.'],
  [of('m.a', 'isReady'), undefined, 'Its state is active: its guard isReady decides, and this run does not say how.'],
])('says of %j, of which %j are enabled: %s', (transition, enabled, text) => {
  expect(verdictOn(transition, { active, enabled })).toEqual({ text, isTaken: enabled?.includes('t') ?? false });
});
