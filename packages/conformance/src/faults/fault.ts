import type { DataPlane, Files, Haproxy, PacketFilter } from '@limpet/data-plane';
import type { Router } from '@limpet/router';

/** Opens a router on a data plane, as `createHaproxyRouter` does; called again after each crash of the router. */
export type OpenRouter = (dataPlane: DataPlane) => Promise<Router>;

/**
 * A fault of Limpet's router, injected at its ports: either the data plane below it misbehaves, or the handlers above it
 * do. The memory of a fault outlives the router, as it would in a program that has the fault.
 */
export interface Fault {
  readonly name: string;
  /** Where the fault was reported; `mutation` when no report is known. */
  readonly upstream: readonly string[];
  /** One sentence: what the router does when it has the fault. */
  readonly sentence: string;
  /** Name of the model's invariant that forbids it, such as `B12`. */
  readonly invariant: string;
  /** The field of a rule or a member that has to vary for the fault to show. Undefined: any tour shows it. */
  readonly field?: string;
  /** The only suite that shows it: the paths through the model do not look at what it is about. */
  readonly suite?: 'changes';
  /** Wraps `open` so that each router it opens has the fault. Called once for all openings. */
  inject(open: OpenRouter): OpenRouter;
}

/** `target` with some members replaced. A proxy, since ports and routers are classes with private fields. */
export function withMembers<T extends object>(target: T, change: Partial<T>): T {
  return new Proxy(target, {
    get(_, key) {
      const value: unknown = Reflect.get(key in change ? change : target, key);
      return typeof value === 'function' && !(key in change) ? value.bind(target) : value;
    },
  });
}

/** A fault of the data plane. `change` is called at each opening of the router. */
export const onMachine =
  (change: (dataPlane: DataPlane) => Partial<DataPlane>): ((open: OpenRouter) => OpenRouter) =>
  (open) =>
  (dataPlane) =>
    open(withMembers(dataPlane, change(dataPlane)));

/** A fault of HAProxy: `change` returns the members of the port to replace. */
export const onHaproxy = (change: (haproxy: Haproxy, dataPlane: DataPlane) => Partial<Haproxy>) =>
  onMachine((dataPlane) => ({ haproxy: withMembers(dataPlane.haproxy, change(dataPlane.haproxy, dataPlane)) }));

/** A fault of the files on disk: `change` returns the members of the port to replace. */
export const onFiles = (change: (files: Files) => Partial<Files>) =>
  onMachine(({ files }) => ({ files: withMembers(files, change(files)) }));

/** A fault of the packet filter: `change` returns the members of the port to replace. */
export const onPacketFilter = (change: (packetFilter: PacketFilter) => Partial<PacketFilter>) =>
  onMachine(({ packetFilter }) => ({ packetFilter: withMembers(packetFilter, change(packetFilter)) }));

/** A fault of the handlers. `memory` is called once and returns the state that outlives the router. */
export const onHandlers =
  <Memory>(memory: () => Memory, change: (router: Router, memory: Memory) => Partial<Router>) =>
  (open: OpenRouter): OpenRouter => {
    const remembered = memory();
    return async (dataPlane) => {
      const router = await open(dataPlane);
      return withMembers(router, change(router, remembered));
    };
  };
