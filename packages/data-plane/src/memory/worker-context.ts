import type { MapFile } from './map-file.ts';
import type { StickTable } from './table.ts';

/** What a worker hands to its proxies. */
export interface WorkerContext {
  now(): number;
  vmAt(ip: string, port: number): string | undefined;
  table(name: string): StickTable | undefined;
  map(path: string): MapFile | undefined;
  /** Unique over all workers. */
  newPointer(): string;
}
