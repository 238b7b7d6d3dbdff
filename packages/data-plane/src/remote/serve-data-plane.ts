import type { DataPlane } from '../ports.ts';
import type { Channel, FromRouter, Returned, Target, ToRouter } from './protocol.ts';

/** Methods whose promise says only when: a real data plane may resolve it to whatever it has waited for. */
const giveNothing = new Set([
  'write',
  'commit',
  'start',
  'stop',
  'signalReload',
  'restore',
  'sleep',
  'release',
  'close',
]);

/** A data plane that another process uses. */
export interface ServedDataPlane {
  /**
   * Whether the other process has made calls since it was asked, by what it was told before and by its own work. False:
   * it waits for nothing but calls that are in flight and for timers.
   *
   * @param requests that it was sent otherwise; what it has not received yet counts as work
   */
  isBusy(requests: number): Promise<boolean>;
  /** The other process has ended: what it had open is closed, as the kernel would. */
  close(): void;
}

/** Makes the calls of the process at the other end of the channel on this data plane. */
export function serveDataPlane(dataPlane: DataPlane, channel: Channel): ServedDataPlane {
  const opened = new Map<number, Record<string, (...args: unknown[]) => unknown>>();
  const timers = new Map<number, () => void>();
  const pings = new Map<number, (received: number) => void>();
  let [handles, calls, asked, closed] = [0, 0, 0, false];
  const send = (message: ToRouter): void => {
    if (!closed) channel.send(message);
  };
  const now = (): number => dataPlane.clock.now();
  const keep = (object: object, handle = ++handles): number => {
    opened.set(handle, object as never);
    return handle;
  };

  const call = async (target: Target, method: string, args: readonly unknown[]): Promise<Returned> => {
    if (target === 'files' && method === 'lock') {
      const handle = ++handles;
      const lock = await dataPlane.files.lock(args[0] as string, () =>
        send({ remote: 'lost', opened: handle, now: now() }),
      );
      return 'heldBy' in lock ? { value: lock } : { opened: keep(lock, handle), kind: 'lock' };
    }
    const port = typeof target === 'number' ? opened.get(target) : target === 'host' ? dataPlane : dataPlane[target];
    const value = await (port as unknown as Record<string, (...all: unknown[]) => unknown>)[method]!(...args);
    if (target === 'haproxy' && method === 'pin') {
      const pin = value as { pid: number };
      return { opened: keep(pin), kind: 'pin', pid: pin.pid };
    }
    if (target === 'prober') return { opened: keep(value as object), kind: 'probe' };
    return { value: giveNothing.has(method) ? undefined : value };
  };

  const answer = ({ id, target, method, args }: FromRouter & { remote: 'call' }): void => {
    calls += 1;
    call(target, method, args).then(
      (returned) => send({ remote: 'return', id, returned, now: now() }),
      (error: Error & { code?: unknown }) =>
        send({ remote: 'throw', id, name: error.name, message: error.message, code: error.code, now: now() }),
    );
  };

  channel.onMessage((received) => {
    if (closed || !('remote' in received)) return;
    const message = received as FromRouter;
    switch (message.remote) {
      case 'call':
        return answer(message);
      case 'after': {
        const { id, ms } = message;
        const fire = (): void => {
          timers.delete(id);
          send({ remote: 'fire', id, now: now() });
        };
        timers.set(id, dataPlane.clock.after(ms, fire));
        return undefined;
      }
      case 'cancel':
        timers.get(message.id)?.();
        timers.delete(message.id);
        return undefined;
      case 'pong':
        pings.get(message.id)?.(message.received);
        pings.delete(message.id);
        return undefined;
    }
  });

  return {
    async isBusy(requests) {
      if (closed) return false;
      const before = calls;
      const id = ++asked;
      const received = await new Promise<number>((resolve) => {
        pings.set(id, resolve);
        send({ remote: 'ping', id });
      });
      return calls !== before || (received < requests && !closed);
    },
    close() {
      closed = true;
      for (const cancel of timers.values()) cancel();
      for (const object of opened.values()) (object.release ?? object.close)?.call(object);
      for (const resolve of pings.values()) resolve(Number.POSITIVE_INFINITY);
      timers.clear();
      opened.clear();
    },
  };
}
