import type { Cell } from '@limpet/state-space';
import { inRule } from '../model/generations.ts';
import type { ConcreteRule } from './concrete-rule.ts';
import type { StartedVm } from './concrete-step.ts';

/** Port that VMs listen on; not the public port of any rule. */
const MEMBER_PORT = 8000;

/** Allocates the VMs of a path: each has a name and an address that no VM had before. */
export class VmAllocator {
  readonly #alive = new Set<string>();
  #count = 0;

  /** Names of the VMs that run. */
  alive(): ReadonlySet<string> {
    return new Set(this.#alive);
  }

  /**
   * Follows the members of a group from one state of the model to the next, and changes `places` accordingly.
   *
   * @returns the VMs to start, and the names of the VMs to destroy
   */
  move({ places }: ConcreteRule, before: Cell, after: Cell): { start: StartedVm[]; destroy: string[] } {
    const start: StartedVm[] = [];
    const destroy: string[] = [];
    after.members.forEach(({ value }, place) => {
      const was = before.members[place]!.value;
      const runs = inRule.has(value);
      if (!inRule.has(was) && runs) {
        const vm = this.#next();
        places[place] = { ...vm, state: 'serving' };
        start.push(vm);
      } else if (inRule.has(was) && !runs) {
        const { vm } = places[place]!;
        places[place] = undefined;
        destroy.push(vm);
        this.#alive.delete(vm);
      } else if (runs) {
        places[place] = { ...places[place]!, state: value === 'draining' ? 'draining' : 'serving' };
      }
    });
    return { start, destroy };
  }

  #next(): StartedVm {
    this.#count += 1;
    const vm = `vm${this.#count}`;
    this.#alive.add(vm);
    return { vm, ip: `10.1.${2 + (this.#count >> 8)}.${this.#count & 255}`, port: MEMBER_PORT };
  }
}
