import { readServersState, readShowEnv, readShowMap } from '@limpet/haproxy';
import type { Haproxy } from '../dataplane.ts';
import type { RouterPaths } from './paths.ts';
import { markVariable } from './render.ts';

/** A server as the worker has it. */
export interface LiveServer {
  name: string;
  id: number;
  ip: string;
  port: number;
  weight: number;
  maintenance: boolean;
}

/** What the current worker runs, as it says itself. */
export interface LiveProxy {
  /** The mark of its skeleton; undefined when it carries none. */
  mark: string | undefined;
  /** `proxy -> server name -> server`. */
  servers: ReadonlyMap<string, ReadonlyMap<string, LiveServer>>;
  /** `proxy -> source|none`. */
  stick: ReadonlyMap<string, string>;
}

/** Reads the current worker in one batch: three commands, 1 to 2 ms at 50 rules of 10 servers. */
export async function readLive(haproxy: Haproxy, paths: RouterPaths): Promise<LiveProxy> {
  const [env, state, map] = await haproxy.runtime([
    `show env ${markVariable}`,
    'show servers state',
    `show map ${paths.stickMap}`,
  ]);
  const servers = new Map<string, Map<string, LiveServer>>();
  for (const { backend, name, id, address, port, weight, maintenance } of readServersState(state!)) {
    const of = servers.get(backend) ?? new Map<string, LiveServer>();
    of.set(name, { name, id, ip: address, port, weight, maintenance });
    servers.set(backend, of);
  }
  return {
    mark: readShowEnv(env!).get(markVariable),
    servers,
    // A map that no rule names, because there is none, is not loaded.
    stick: new Map((/^Unknown map/.test(map!) ? [] : readShowMap(map!)).map(({ key, value }) => [key, value])),
  };
}
