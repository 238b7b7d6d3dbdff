import { z } from 'zod';

/** An event as a client gets it. */
export interface ReceivedEvent {
  /** Its number, to go on after; undefined for `lost`, which tells that some are not kept any more. */
  sequence?: number;
  type: string;
  [field: string]: unknown;
}

const data = z.looseObject({});

/** The events of a stream as the HTML standard defines it (server-sent events); comments are left out. */
export async function* readEvents(chunks: AsyncIterable<string>): AsyncGenerator<ReceivedEvent> {
  let rest = '';
  for await (const chunk of chunks) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.split(': ', 1)[0]!, line.slice(line.indexOf(': ') + 2)]),
      );
      const [type, id] = [fields.get('event'), fields.get('id')];
      if (type === undefined) continue;
      const said = data.parse(JSON.parse(fields.get('data') ?? '{}'));
      yield { ...(id !== undefined && { sequence: Number(id) }), type, ...said };
    }
  }
}
