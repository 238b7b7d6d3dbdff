import type { DataPlane, Files, Haproxy, PacketFilter } from '@limpet/data-plane';
import type { Router } from '@limpet/router';

/** Opens a router on a machine, as `createHaproxyRouter` does; again after each crash of the router. */
export type OpenRouter = (dataPlane: DataPlane) => Promise<Router>;

/**
 * A fault of Limpet's own router, injected at its ports: its machine lies, or its handlers do. What a fault has to
 * remember outlives the router, as it would in a program that has it.
 */
export interface Fault {
  readonly name: string;
  /** Where it happened; `mutation`: nowhere that we know of, but it could. */
  readonly upstream: readonly string[];
  /** One sentence: what the router does when it is on. */
  readonly sentence: string;
  /** The invariant that forbids it, as the bugs of the model name them. */
  readonly invariant: string;
  /** The field of a rule or a member that has to vary for it to show; missing: any tour shows it. */
  readonly field?: string;
  /** A router with the fault. Called once for all openings. */
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

/** A fault of the machine. `change` is called at each opening, `memory` once. */
const onMachine =
  (change: (dataPlane: DataPlane) => Partial<DataPlane>): ((open: OpenRouter) => OpenRouter) =>
  (open) =>
  (dataPlane) =>
    open(withMembers(dataPlane, change(dataPlane)));

export const onHaproxy = (change: (haproxy: Haproxy, dataPlane: DataPlane) => Partial<Haproxy>) =>
  onMachine((dataPlane) => ({ haproxy: withMembers(dataPlane.haproxy, change(dataPlane.haproxy, dataPlane)) }));

export const onFiles = (change: (files: Files) => Partial<Files>) =>
  onMachine(({ files }) => ({ files: withMembers(files, change(files)) }));

export const onPacketFilter = (change: (packetFilter: PacketFilter) => Partial<PacketFilter>) =>
  onMachine(({ packetFilter }) => ({ packetFilter: withMembers(packetFilter, change(packetFilter)) }));

/** A fault of the handlers. `memory` makes what outlives the router. */
export const onHandlers =
  <Memory>(memory: () => Memory, change: (router: Router, memory: Memory) => Partial<Router>) =>
  (open: OpenRouter): OpenRouter => {
    const remembered = memory();
    return async (dataPlane) => {
      const router = await open(dataPlane);
      return withMembers(router, change(router, remembered));
    };
  };
