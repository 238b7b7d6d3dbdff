/**
 * Remembers which VM each server id stood for. Stick tables keep ids: an id that is given to a second VM would send the
 * clients of the first VM there.
 *
 * @module
 */
import type { Difference } from './compare.ts';
import type { Observation } from './observe.ts';

/** The server ids of one disk. */
export class ServerIds {
  readonly #holders = new Map<string, string>();

  /** The disk was wiped: ids may be used again. */
  forget(): void {
    this.#holders.clear();
  }

  /** Returns ids that stand for another VM than before. */
  look({ ids }: Observation): Difference[] {
    return ids.flatMap(({ of, id, vm }) => {
      const holder = this.#holders.get(`${of} ${id}`) ?? vm;
      this.#holders.set(`${of} ${id}`, vm);
      return holder === vm
        ? []
        : [{ check: 'server id', of, expected: `id ${id} is ${holder}`, observed: `it is ${vm}` }];
    });
  }
}
