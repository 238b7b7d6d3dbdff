import type { DataPlane } from './ports.ts';

/** One call of a port. */
export interface PortCall {
  /** `host`: what the data plane answers itself, such as its local addresses. */
  port: 'files' | 'stateStore' | 'haproxy' | 'packetFilter' | 'prober' | 'clock' | 'host';
  method: string;
  args: readonly unknown[];
}

/** Stands in for a call; `proceed` makes it. */
export type Interceptor = (call: PortCall, proceed: () => unknown) => unknown;

/** A command of HAProxy's CLI, to a worker or through the master to one, that only shows. */
const onlyShows = (request: unknown): boolean => {
  const command = typeof request === 'string' ? request : (request as { command: string }).command;
  return /^(@!?\d+ )?(show|get) /.test(command);
};

const changing: Readonly<Record<PortCall['port'], (method: string, args: readonly unknown[]) => boolean>> = {
  files: (method) => method === 'write' || method === 'remove',
  stateStore: (method) => method === 'commit',
  haproxy(method, [what]) {
    if (method === 'runtime') return !(what as readonly unknown[]).every(onlyShows);
    if (method === 'master') return !onlyShows(what);
    return method === 'start' || method === 'stop' || method === 'signalReload';
  },
  packetFilter: (method) => method === 'restore' || method === 'run',
  prober: () => true,
  clock: () => false,
  host: () => false,
};

/**
 * True when the call can change the host. A router that is killed between two calls that cannot is one that is killed
 * before the next that can. A lock is not a change: it is free again when its process has ended.
 */
export const changesMachine = ({ port, method, args }: PortCall): boolean => changing[port](method, args);

/** The commands of a call of `haproxy.runtime` or `haproxy.master` that can change something, without their payloads. */
export function changingCommands({ method, args: [what] }: PortCall): string[] {
  const requests = method === 'runtime' ? (what as readonly unknown[]) : [what];
  return requests
    .filter((request) => !onlyShows(request))
    .map((request) => (typeof request === 'string' ? request : (request as { command: string }).command));
}

/** A data plane of which each call goes through `intercept`, except `clock.now` and `clock.after`. */
export function interceptCalls(dataPlane: DataPlane, intercept: Interceptor): DataPlane {
  const wrap = <T extends object>(port: PortCall['port'], target: T): T =>
    new Proxy(target, {
      get(_, key) {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => intercept({ port, method: String(key), args }, () => member.apply(target, args));
      },
    });
  const { localAddresses, bindsNonlocal, packetPath, listeners, descriptorLimit } = wrap('host', {
    localAddresses: () => dataPlane.localAddresses(),
    bindsNonlocal: () => dataPlane.bindsNonlocal(),
    packetPath: () => dataPlane.packetPath(),
    listeners: () => dataPlane.listeners(),
    descriptorLimit: () => dataPlane.descriptorLimit(),
  });
  const { clock } = dataPlane;
  return {
    ...dataPlane,
    files: wrap('files', dataPlane.files),
    stateStore: wrap('stateStore', dataPlane.stateStore),
    haproxy: wrap('haproxy', dataPlane.haproxy),
    packetFilter: wrap('packetFilter', dataPlane.packetFilter),
    prober: wrap('prober', dataPlane.prober),
    clock: {
      now: () => clock.now(),
      after: (ms, run) => clock.after(ms, run),
      sleep: wrap('clock', { sleep: (ms: number) => clock.sleep(ms) }).sleep,
    },
    localAddresses,
    bindsNonlocal,
    packetPath,
    listeners,
    descriptorLimit,
  };
}
