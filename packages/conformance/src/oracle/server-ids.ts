/**
 * Which VM each server id stood for, on one disk: a stick table keeps ids, so that one that is given out again sends clients
 * of a VM that has gone to another.
 *
 * @module
 */
import type { Difference } from './compare.ts';
import type { Observation } from './observe.ts';

export class ServerIds {
  readonly #holders = new Map<string, string>();

  /** An empty disk knows of none. */
  forget(): void {
    this.#holders.clear();
  }

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
