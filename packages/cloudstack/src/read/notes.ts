import { CloudStackError } from '../errors.ts';
import type { ConfigLine } from './lines.ts';

/** A line or another part of a databag that Limpet does not carry out. */
export interface NotCarriedOut {
  /** `rules[0].configuration[17]` */
  place: string;
  line: string;
  /** Why, and what to do where something has to be done. */
  why: string;
}

/** Collects the lines that are not carried out. */
export class Notes {
  readonly all: NotCarriedOut[] = [];

  add({ place, text }: Pick<ConfigLine, 'place' | 'text'>, why: string): void {
    this.all.push({ place, line: text, why });
  }

  /** Reads a line; notes it, with what is wrong, when it cannot be read. */
  unlessUnreadable(line: ConfigLine, read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof CloudStackError)) throw error;
      this.add(line, error.message.slice(error.place.length + 2));
    }
  }
}
