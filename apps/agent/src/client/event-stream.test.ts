import { expect, it } from 'vitest';
import { readEvents } from './event-stream.ts';

const stream =
  ': listening\n\nevent: lost\ndata: {"after":7}\n\nevent: settled\ndata: {"time":"now","rule":"a: b"}\nid: 12\n\n: still there\n\n';

it('reads events however they are cut into pieces, and leaves comments out', async () => {
  for (let size = 1; size <= stream.length; size++) {
    const chunks = stream.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
    const events = await Array.fromAsync(
      readEvents(
        (async function* () {
          yield* chunks;
        })(),
      ),
    );
    expect(events).toEqual([
      { type: 'lost', after: 7 },
      { sequence: 12, type: 'settled', time: 'now', rule: 'a: b' },
    ]);
  }
});
