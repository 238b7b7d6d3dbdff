import type { InspectionDocument, Message } from '@limpet/inspection';
import { expect, it } from 'vitest';
import { createRunStore, type RunStoreOptions } from './run-store.ts';

const snapshot = (seq: number, state: string): Message => ({
  seq,
  at: seq,
  kind: 'snapshot',
  actor: 'a',
  states: [state],
  status: 'active',
});
const opened = (messages: Message[]): InspectionDocument => ({
  format: 'limpet-inspection',
  version: 1,
  title: 'a run',
  notes: [],
  machines: [],
  messages,
});
const now: RunStoreOptions['schedule'] = (callback) => callback();
const active = (store: ReturnType<typeof createRunStore>) => [...(store.actor('a')?.active ?? [])].join();

it('follows a live run until somebody looks back, and again when asked to', () => {
  const store = createRunStore(opened([snapshot(1, 'x')]), { schedule: now });
  store.push([snapshot(2, 'y')]);
  expect([store.cursor, active(store)]).toEqual([1, 'y']);
  store.seek(0);
  store.push([snapshot(3, 'z')]);
  expect([store.cursor, active(store), store.following]).toEqual([0, 'x', false]);
  store.seek(-1);
  expect(active(store)).toBe('');
  store.follow();
  expect([store.cursor, active(store), store.following]).toEqual([2, 'z', true]);
});

it('keeps so many messages, and what the others said', () => {
  const store = createRunStore(opened([]), { schedule: now, mostMessages: 10 });
  store.push([{ seq: 1, at: 1, kind: 'actor', actor: 'a', machine: 'm', name: 'anna' }]);
  for (let seq = 2; seq <= 100; seq++) store.push([snapshot(seq, `s${seq}`)]);
  expect(store.messages.length).toBeLessThanOrEqual(11);
  expect(store.lost + store.messages.length).toBe(100);
  expect([active(store), store.actor('a')?.name]).toEqual(['s100', 'anna']);
  store.seek(0);
  expect(active(store)).toBe(`s${store.messages[0]!.seq}`);
});

it('tells listeners once a frame', () => {
  let frame = () => {};
  const store = createRunStore(opened([]), {
    schedule: (callback) => {
      frame = callback;
    },
  });
  let told = 0;
  store.subscribe(() => {
    told += 1;
  });
  store.push([snapshot(1, 'x')]);
  store.push([snapshot(2, 'y')]);
  expect(told).toBe(0);
  frame();
  expect(told).toBe(1);
});

it('counts how often each transition was taken', () => {
  const store = createRunStore(opened([]), { schedule: now });
  const taken = (seq: number): Message => ({
    seq,
    at: 0,
    kind: 'transition',
    actor: 'a',
    transitions: ['t'],
    states: [],
  });
  store.push([{ seq: 1, at: 1, kind: 'actor', actor: 'a', machine: 'm', name: 'a' }, taken(2), taken(3)]);
  expect(Object.fromEntries(store.coverage.of('m'))).toEqual({ t: 2 });
  expect(store.coverage.of('other').size).toBe(0);
});
