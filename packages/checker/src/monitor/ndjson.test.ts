import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLink, createLinkView } from '../../testing/link.ts';
import { createMonitor } from './monitor.ts';
import { followTrace, readTrace } from './ndjson.ts';

async function* inChunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const read = async (text: string, sizes: readonly number[] = [7]) =>
  (await Array.fromAsync(readTrace(inChunks(new TextEncoder().encode(text), sizes)))).flat();

describe('readTrace', () => {
  it('reads the same records however the bytes are cut, with and without a last line feed', async () => {
    const records = fc.array(fc.record({ event: fc.string({ unit: 'grapheme' }), at: fc.integer() }));
    await fc.assert(
      fc.asyncProperty(
        records,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        fc.boolean(),
        async (expected, sizes, ends) => {
          const text = expected.map((record) => JSON.stringify(record)).join('\n');
          expect(await read(ends && text !== '' ? `${text}\n` : text, sizes)).toEqual(expected);
        },
      ),
    );
  });

  it.each([
    ['not JSON', '{"event":"a"}\n{"event":\n', 'line 2 is not JSON'],
    ['an empty line', '{"event":"a"}\n\n{"event":"b"}', 'line 2 is not JSON'],
    ['no event', '{"event":"a"}\n{"event":"b"}\n{"evt":1}', 'line 3 must be an object with a string "event"'],
    ['a number as event', '{"event":1}', 'line 1 must be'],
    ['no object', 'null', 'line 1 must be'],
    ['a line that is cut off', '{"event":"a"}\n{"eve', 'line 2 is not JSON'],
  ])('refuses %s', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
    await expect(read(text)).rejects.toMatchObject({ code: 'TRACE_MALFORMED' });
  });

  it('refuses a file without line feeds before it fills the memory', async () => {
    await expect(read('x'.repeat(3 * 2 ** 20), [2 ** 16])).rejects.toThrow('line 1 is longer than');
  });
});

describe('followTrace', () => {
  it('raises the alarm of a line that stands before a malformed one', async () => {
    const bytes = new TextEncoder().encode('{"event":"apply 1 on 0"}\n{"eve\n');
    const monitor = createMonitor(createLink({ channels: 1 }), createLinkView(1));
    expect(await followTrace(monitor, inChunks(bytes, [100]))).toMatchObject({ line: 1, reason: 'unexplained' });
  });

  it('gives the first alarm with its line', async () => {
    const trace = '{"event":"change 1 on 0","at":5}\n{"event":"apply 1 on 0"}\n{"event":"heartbeat","inForce0":0}\n';
    const monitor = () => createMonitor(createLink({ channels: 1 }), createLinkView(1));
    const alarm = await followTrace(monitor(), inChunks(new TextEncoder().encode(trace), [10]));
    expect(alarm).toMatchObject({ line: 3, reason: 'wrong-heartbeat', expected: { heartbeats: [{ inForce0: 1 }] } });
    const good = trace.replace('"inForce0":0', '"inForce0":1');
    expect(await followTrace(monitor(), inChunks(new TextEncoder().encode(good), [10]))).toBeUndefined();
  });
});
