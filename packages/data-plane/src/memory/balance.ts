import { ipv4ToNumber } from './ip.ts';
import type { Server } from './server.ts';

/** `balance` and `hash-type`. */
export interface BalanceSpec {
  algorithm: 'roundrobin' | 'static-rr' | 'leastconn' | 'source';
  /** `hash-type consistent`. */
  consistent: boolean;
}

/** Dynamic servers need an algorithm that can change at runtime ("add server" in HAProxy 2.6's management.txt). */
export function allowsDynamicServers(spec: BalanceSpec): boolean {
  return spec.algorithm === 'roundrobin' || spec.algorithm === 'leastconn' || spec.consistent;
}

/** Chooses servers for one proxy in one worker; each worker starts its turns from the beginning. */
export class Balancer {
  readonly spec: BalanceSpec;
  #turn = 0;

  constructor(spec: BalanceSpec) {
    this.spec = spec;
  }

  /** `candidates` are up, not draining, in the order of the config. */
  pick(candidates: readonly Server[], source: string): Server | undefined {
    const weighted = candidates.filter((server) => server.weight > 0);
    if (weighted.length === 0) return undefined;
    this.#turn += 1;
    const server = this.#choose(weighted, source);
    server.lastTurn = this.#turn;
    return server;
  }

  #choose(servers: readonly Server[], source: string): Server {
    switch (this.spec.algorithm) {
      case 'leastconn':
        return leastConnections(servers);
      case 'source':
        return this.spec.consistent ? consistentHash(servers, source) : mapHash(servers, source);
      default:
        return smoothRoundRobin(servers);
    }
  }
}

/** Nginx's smooth weighted round robin: with equal weights it is a plain turn, as HAProxy's. */
function smoothRoundRobin(servers: readonly Server[]): Server {
  let total = 0;
  for (const server of servers) {
    server.credit += server.weight;
    total += server.weight;
  }
  const chosen = servers.reduce((best, server) => (server.credit > best.credit ? server : best));
  chosen.credit -= total;
  return chosen;
}

/** Among equals, the server that was used least recently: HAProxy puts a used server behind its equals (lb_fwlc.c). */
function leastConnections(servers: readonly Server[]): Server {
  const load = (server: Server) => server.connections / server.weight;
  return servers.reduce((best, server) => {
    const difference = load(server) - load(best);
    return difference < 0 || (difference === 0 && server.lastTurn < best.lastTurn) ? server : best;
  });
}

/** `hash-type map-based`: the address modulo the total weight: any change of the set moves nearly all clients. */
function mapHash(servers: readonly Server[], source: string): Server {
  const slots = servers.flatMap((server) => Array<Server>(server.weight).fill(server));
  return slots[(ipv4ToNumber(source) ?? 0) % slots.length] as Server;
}

const POINTS_PER_WEIGHT = 16;

/** `hash-type consistent`: points on a ring derive from the server's id: a removal moves only its own clients. */
function consistentHash(servers: readonly Server[], source: string): Server {
  const key = mix(ipv4ToNumber(source) ?? 0);
  let best: { server: Server; distance: number } | undefined;
  for (const server of servers) {
    for (let point = 0; point < server.weight * POINTS_PER_WEIGHT; point += 1) {
      const distance = (mix(server.id * 4096 + point) - key) >>> 0;
      if (!best || distance < best.distance) best = { server, distance };
    }
  }
  return (best as { server: Server }).server;
}

/** MurmurHash3's finaliser. */
function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
