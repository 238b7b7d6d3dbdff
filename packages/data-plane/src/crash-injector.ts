import { setImmediate } from 'node:timers/promises';
import { interceptCalls } from './port-calls.ts';
import type { DataPlane } from './ports.ts';

const never = new Promise<never>(() => {});

/**
 * Wraps a data plane so that a test can crash the router that uses it between any two calls. A router waits for nothing
 * but calls of ports: it is idle when none is in flight, and from inside a crash looks like a call that never returns.
 */
export class CrashInjector {
  #inFlight = 0;
  #calls = 0;
  #dead = false;
  #crashAt = Number.POSITIVE_INFINITY;
  #crashed: (() => void) | undefined;
  #quiet: (() => void)[] = [];

  /** The data plane as the router sees it. */
  guard(dataPlane: DataPlane): DataPlane {
    const guarded = interceptCalls(dataPlane, (_, proceed) => this.#call(proceed));
    const { clock } = dataPlane;
    return {
      ...guarded,
      clock: {
        ...guarded.clock,
        after: (ms, run) =>
          this.#dead
            ? () => {}
            : clock.after(ms, () => {
                if (!this.#dead) run();
              }),
      },
    };
  }

  /** Resolves when the router waits for nothing. */
  async idle(): Promise<void> {
    for (;;) {
      // Twice: the last answer may be on its way through several promises.
      await setImmediate();
      await setImmediate();
      if (this.#inFlight === 0) return;
      await new Promise<void>((resolve) => this.#quiet.push(resolve));
    }
  }

  /** From now on no call returns. Resolves when those that were under way have had their effect. */
  async kill(): Promise<void> {
    this.#dead = true;
    await this.idle();
  }

  /** The router crashes right after its n-th call from now, whatever it calls; resolves when it has. */
  crashAfter(calls: number): Promise<void> {
    this.#crashAt = this.#calls + calls;
    return new Promise((resolve) => {
      this.#crashed = resolve;
    });
  }

  #call(proceed: () => unknown): unknown {
    if (this.#dead) return never;
    const result = proceed();
    if (!(result instanceof Promise)) return result;
    this.#inFlight += 1;
    this.#calls += 1;
    const isLast = this.#calls >= this.#crashAt;
    return result.then(
      (value) => this.#ended(isLast) ?? value,
      (error: unknown) => this.#ended(isLast) ?? Promise.reject(error),
    );
  }

  /** Nothing for a living router. */
  #ended(isLast: boolean): Promise<never> | undefined {
    this.#inFlight -= 1;
    if (isLast && !this.#dead) {
      this.#dead = true;
      this.#crashed?.();
    }
    if (this.#inFlight === 0) for (const resolve of this.#quiet.splice(0)) resolve();
    return this.#dead ? never : undefined;
  }
}
