import { DataPlaneError } from './errors.ts';

/** @throws DataPlaneError `ROUTER_FILE_UNUSABLE` when a file of `bytes` is longer than `maxBytes`. */
export function checkLength(path: string, bytes: number, maxBytes = Number.POSITIVE_INFINITY): void {
  if (bytes <= maxBytes) return;
  throw new DataPlaneError('ROUTER_FILE_UNUSABLE', `${path} is ${bytes} bytes long; at most ${maxBytes} are read`);
}
