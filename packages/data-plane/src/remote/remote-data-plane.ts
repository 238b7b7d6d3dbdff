import { setImmediate } from 'node:timers/promises';
import type {
  Clock,
  DataPlane,
  Files,
  Haproxy,
  PacketFilter,
  PinnedWorker,
  ProbeConnection,
  StateStore,
} from '../ports.ts';
import type { Channel, FromRouter, Returned, Target, ToRouter } from './protocol.ts';

type Opened = Extract<Returned, { opened: number }>;

/** How the host is, at the beginning. */
export interface RemoteHost {
  kind: DataPlane['kind'];
  /** Its clock, in milliseconds since the epoch. */
  now: number;
}

/**
 * The data plane of a host at the other end of a channel. Its clock is as late as the last message.
 *
 * @param received how many requests this process has received otherwise, for `isBusy`
 */
export function remoteDataPlane(channel: Channel, host: RemoteHost, received: () => number): DataPlane {
  const waiting = new Map<number, { resolve(returned: Returned): void; reject(error: Error): void }>();
  const timers = new Map<number, () => void>();
  const lost = new Map<number, () => void>();
  let [last, { now }] = [0, host];
  const send = (message: FromRouter): void => channel.send(message);

  const ask = (target: Target, method: string, args: readonly unknown[]): Promise<Returned> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      send({ remote: 'call', id, target, method, args });
    });
  const value = async (target: Target, method: string, args: readonly unknown[]): Promise<unknown> => {
    const returned = await ask(target, method, args);
    return 'value' in returned ? returned.value : returned;
  };
  const port = <T extends object>(target: Target, own: Partial<T> = {}): T =>
    new Proxy(own as T, {
      get: (_, method) => Reflect.get(own, method) ?? ((...args: unknown[]) => value(target, String(method), args)),
    });
  /** Nobody waits for a close, and nothing can be done about one that fails. */
  const forget = (target: Target, method: string) => (): void => void value(target, method, []).catch(() => {});

  channel.onMessage((message) => {
    if (!('remote' in message)) return;
    const told = message as ToRouter;
    if ('now' in told) now = told.now;
    switch (told.remote) {
      case 'return':
        waiting.get(told.id)?.resolve(told.returned);
        break;
      case 'throw': {
        const { name, message: said, code } = told;
        const error = Object.assign(new Error(said), { ...(code !== undefined && { code }) });
        error.name = name;
        waiting.get(told.id)?.reject(error);
        break;
      }
      case 'fire':
        timers.get(told.id)?.();
        timers.delete(told.id);
        break;
      case 'lost':
        lost.get(told.opened)?.();
        break;
      case 'ping': {
        const { id } = told;
        // Twice: the last answer may be on its way through several promises.
        void setImmediate()
          .then(() => setImmediate())
          .then(() => send({ remote: 'pong', id, received: received() }));
        break;
      }
    }
    if (told.remote === 'return' || told.remote === 'throw') waiting.delete(told.id);
  });

  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => void (await value('clock', 'sleep', [ms])),
    after(ms, run) {
      const id = ++last;
      timers.set(id, run);
      send({ remote: 'after', id, ms });
      return () => {
        if (timers.delete(id)) send({ remote: 'cancel', id });
      };
    },
  };
  return {
    kind: host.kind,
    clock,
    files: port<Files>('files', {
      async lock(path, onLost) {
        const returned = await ask('files', 'lock', [path]);
        if ('value' in returned) return returned.value as { heldBy: number };
        const { opened } = returned;
        lost.set(opened, onLost);
        return { release: async () => void (await value(opened, 'release', [])) };
      },
    }),
    stateStore: port<StateStore>('stateStore'),
    haproxy: port<Haproxy>('haproxy', {
      async pin(): Promise<PinnedWorker> {
        const { opened, pid } = (await ask('haproxy', 'pin', [])) as Extract<Returned, { kind: 'pin' }>;
        const run = async (commands: readonly string[]) => (await value(opened, 'run', [commands])) as string[];
        return { pid, run, release: forget(opened, 'release') };
      },
    }),
    packetFilter: port<PacketFilter>('packetFilter'),
    prober: {
      async open(...args): Promise<ProbeConnection> {
        const { opened } = (await ask('prober', 'open', args)) as Opened;
        return { close: forget(opened, 'close') };
      },
    },
    localAddresses: async () => (await value('host', 'localAddresses', [])) as string[],
    bindsNonlocal: async () => (await value('host', 'bindsNonlocal', [])) as boolean,
    packetPath: async () => (await value('host', 'packetPath', [])) as never,
    listeners: async () => (await value('host', 'listeners', [])) as never,
    descriptorLimit: async () => (await value('host', 'descriptorLimit', [])) as number,
  };
}
