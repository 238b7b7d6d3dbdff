import type { Random } from '@limpet/data-plane';
import { nextOperation, runtimeKinds } from './draw-operation.ts';
import { type Operation, operationKinds } from './operations.ts';
import { applyOperation, type StormState } from './storm-state.ts';

const mostAtOnce = 8;
/** Share of the waves that leave out changes of `bind`, `balance` and cookies, which need a reload. */
const runtimeShare = 0.6;

/** Operations that are under way together. */
export interface Wave {
  operations: Operation[];
  /** True when none of them changes `bind`, `balance` or a cookie. */
  runtimeOnly: boolean;
  /** What is wanted when all are done. */
  state: StormState;
}

/**
 * Operations in waves of one to eight that are under way together, each on a rule of its own. Pure but for `random`, and
 * so the same for the same seed, however long a router takes.
 *
 * @param ops operations in all; fewer come when the fleet has less rules than a wave operations
 */
export function* waves(initial: StormState, ops: number, random: Random): Generator<Wave> {
  let state = initial;
  for (let left = ops; left > 0; ) {
    const operations: Operation[] = [];
    const runtimeOnly = random() < runtimeShare;
    const kinds = runtimeOnly ? runtimeKinds : operationKinds;
    const size = Math.min(left, 1 + Math.floor(random() * mostAtOnce));
    for (let count = 0; count < size; count++) {
      const operation = nextOperation(state, random, new Set(operations.map(({ port }) => port)), kinds);
      if (!operation) break;
      operations.push(operation);
      state = applyOperation(state, operation);
    }
    left -= operations.length;
    yield { operations, runtimeOnly, state };
  }
}
