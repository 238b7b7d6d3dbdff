import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePosition } from './event-stream.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { type Sink, serveFeed } from './serve-feed.ts';

/** A reader that takes so many writes before it asks the server to wait. */
function reader(patience = Number.POSITIVE_INFINITY) {
  let text = '';
  let room = patience;
  let drained = () => {};
  const sink: Sink = {
    write(more) {
      text += more;
      room -= 1;
      return room > 0;
    },
    onDrain: (listener) => {
      drained = listener;
    },
  };
  return {
    sink,
    drain: () => {
      room = patience;
      drained();
    },
    get events() {
      return text
        .split('\n\n')
        .filter((block) => block !== '' && !block.startsWith(':'))
        .map((block) => Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))));
    },
    get text() {
      return text;
    },
  };
}

type Event = { event?: string; id?: string; data: string };
const lastId = (events: readonly Event[]) => events.findLast(({ id }) => id !== undefined)?.id;
const follow = (recorder: Recorder, sink: Sink, lastEventId?: string) => serveFeed({ recorder, sink, lastEventId });
const fault = { kind: 'fault', what: 'a line\nand another' } as const;

describe('the feed', () => {
  it('writes a page at a time to a slow reader: some characters, or one long message', () => {
    const recorder = createRecorder({ session: 's', now: () => 7 });
    const record = (length: number): unknown => recorder.record({ kind: 'fault', what: 'x'.repeat(length) });
    for (let at = 0; at < 40; at++) record(1_000);
    record(50_000);
    const slow = reader(1);
    follow(recorder, slow.sink);
    const written: number[] = [];
    for (let before = slow.text.length; ; before = slow.text.length) {
      slow.drain();
      if (slow.text.length === before) break;
      written.push(slow.text.length - before);
    }
    expect(written.length).toBe(3);
    expect(Math.max(...written.slice(0, 2))).toBeLessThan(20_000);
    expect(slow.events.filter(({ id }) => id !== undefined)).toHaveLength(41);
  });

  it('greets, writes what there is, and then what comes', () => {
    const recorder = createRecorder({ session: 's', now: () => 7 });
    recorder.record(fault);
    const one = reader();
    const stop = follow(recorder, one.sink);
    recorder.record(fault);
    stop();
    recorder.record(fault);
    expect(one.events).toEqual([
      { event: 'hello', data: '{"version":1,"session":"s","last":1}' },
      { id: 's.1', data: '{"seq":1,"at":7,"kind":"fault","what":"a line\\nand another"}' },
      { id: 's.2', data: '{"seq":2,"at":7,"kind":"fault","what":"a line\\nand another"}' },
    ]);
  });

  it('begins anew for a reader of another session', () => {
    const recorder = createRecorder({ session: 'new', now: () => 0 });
    recorder.record(fault);
    const one = reader();
    follow(recorder, one.sink, 'old.7');
    expect(lastId(one.events)).toBe('new.1');
  });

  it('writes nothing to a reader that cannot take more', () => {
    const recorder = createRecorder({ session: 's', now: () => 0 });
    const one = reader(1);
    follow(recorder, one.sink);
    recorder.record(fault);
    recorder.record(fault);
    expect(one.events).toHaveLength(1);
    one.drain();
    expect(lastId(one.events)).toBe('s.2');
  });

  it('keeps the connection open, but not against the will of the reader', () => {
    let tick = () => {};
    const recorder = createRecorder({ session: 's', now: () => 0 });
    const one = reader(2);
    const every = (callback: () => void) => {
      tick = callback;
      return () => {};
    };
    serveFeed({ recorder, sink: one.sink, lastEventId: undefined, every });
    tick();
    tick();
    expect(one.text.match(/still here/g)).toHaveLength(1);
  });

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['s.', undefined],
    ['s.1.2', undefined],
    ['s.-1', undefined],
    ['a1.42', { session: 'a1', seq: 42 }],
  ])('reads the position %s', (text, position) => expect(parsePosition(text)).toEqual(position));
});

type Act = { act: 'record'; times: number } | { act: 'drain' } | { act: 'reconnect' };

it('gives a reader every message once, and says which it lost, however slow it is and often it comes back', () => {
  const acts = fc.array(
    fc.oneof(
      fc.record({ act: fc.constant('record' as const), times: fc.integer({ min: 1, max: 40 }) }),
      fc.constant<Act>({ act: 'drain' }),
      fc.constant<Act>({ act: 'reconnect' }),
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(
      acts,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 4 }),
      (all, mostMessages, patience) => {
        const recorder = createRecorder({ session: 's', now: () => 0, mostMessages });
        let one = reader(patience);
        let stop = follow(recorder, one.sink);
        const events: Event[] = [];
        const reconnect = () => {
          stop();
          events.push(...(one.events as Event[]));
          one = reader(patience);
          stop = follow(recorder, one.sink, lastId(events));
        };
        for (const { act, ...rest } of all as (Act & { times?: number })[]) {
          if (act === 'record') for (let i = 0; i < rest.times!; i++) recorder.record(fault);
          else if (act === 'drain') one.drain();
          else reconnect();
        }
        for (let i = 0; i < 20; i++) one.drain();
        events.push(...(one.events as Event[]));

        const told = events.flatMap(({ event, id, data }): number[] => {
          if (event === 'lost') {
            const { from, to } = JSON.parse(data) as { from: number; to: number };
            return Array.from({ length: to - from + 1 }, (_, at) => from + at);
          }
          return id === undefined ? [] : [(JSON.parse(data) as { seq: number }).seq];
        });
        // Nothing twice, nothing missing, in order.
        expect(told).toEqual(Array.from({ length: recorder.last }, (_, at) => at + 1));
      },
    ),
  );
});
