import { setImmediate } from 'node:timers/promises';
import type { DataPlane } from '@limpet/data-plane';

const never = new Promise<never>(() => {});

/**
 * Stands between one life of a router and its machine. All that a router waits for is a call of a port, so no call in
 * flight means that it is idle; and a call that never returns is what a crash looks like from inside.
 */
export class CrashInjector {
  #inFlight = 0;
  #calls = 0;
  #dead = false;
  #crashAt = Number.POSITIVE_INFINITY;
  #crashed: (() => void) | undefined;
  #quiet: (() => void)[] = [];

  /** The machine as the router sees it: what it does itself, and each of its parts. */
  guard(dataPlane: DataPlane): DataPlane {
    const parts = new Map<unknown, object>();
    return new Proxy(dataPlane, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (key === 'clock') return this.#guardClock(target.clock);
        if (typeof member === 'function') return (...args: unknown[]) => this.#call(member.bind(target), args);
        if (typeof member !== 'object' || member === null) return member;
        const part = parts.get(member) ?? this.#wrap(member);
        parts.set(member, part);
        return part;
      },
    });
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

  /** The router crashes right after its n-th call from now; resolves when it has. */
  crashAfter(calls: number): Promise<void> {
    this.#crashAt = this.#calls + calls;
    return new Promise((resolve) => {
      this.#crashed = resolve;
    });
  }

  /** Time goes on, but a router that has crashed is not called back. */
  #guardClock(clock: DataPlane['clock']): DataPlane['clock'] {
    return {
      now: () => clock.now(),
      sleep: (ms) => this.#call(() => clock.sleep(ms), []) as Promise<void>,
      after: (ms, run) =>
        this.#dead
          ? () => {}
          : clock.after(ms, () => {
              if (!this.#dead) run();
            }),
    };
  }

  #wrap<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        return typeof member === 'function' ? (...args: unknown[]) => this.#call(member.bind(target), args) : member;
      },
    });
  }

  #call(method: (...args: unknown[]) => unknown, args: unknown[]): unknown {
    if (this.#dead) return never;
    const result = method(...args);
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
