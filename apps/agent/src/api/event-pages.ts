import type { EventLog, NumberedEvent } from '../observe/event-log.ts';

/** The most events at once: what a slow reader holds. */
const most = 256;

/** Events as server-sent ones. */
export interface EventPage {
  bytes: Uint8Array;
  /** The number of the last of them. */
  last: number;
}

/** Pages of the log. Most readers are at the same place, and get the same bytes: those of the newest page are made once. */
export class EventPages {
  readonly #log: EventLog;
  readonly #encoder = new TextEncoder();
  #newest: (EventPage & { after: number }) | undefined;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** The next page for a reader who knows all up to a number that is not the last one's. */
  after(sequence: number): EventPage {
    if (this.#newest?.after === sequence && this.#newest.last === this.#log.last) return this.#newest;
    const { events, lost } = this.#log.after(sequence);
    const page = events.slice(0, most);
    const text = (lost ? written('lost', { after: sequence }) : '') + page.map(numbered).join('');
    const last = page.at(-1)?.sequence ?? this.#log.last;
    const made = { bytes: this.#encoder.encode(text), last, after: sequence };
    if (last === this.#log.last) this.#newest = made;
    return made;
  }
}

const numbered = ({ sequence, time, event: { type, ...rest } }: NumberedEvent): string =>
  written(type, { time, ...rest }, `\nid: ${sequence}`);

/** https://html.spec.whatwg.org/multipage/server-sent-events.html: JSON has no line break. */
const written = (event: string, data: object, id = ''): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}${id}\n\n`;
