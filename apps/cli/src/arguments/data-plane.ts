import type { RouterKind } from '@limpet/simulator';
import { CliError } from '../errors.ts';

/** `real`: HAProxy and iptables in a sandbox; `memory`: an emulator of both. */
export type DataPlaneKind = 'real' | 'memory';

/**
 * Chooses the data plane that a router runs on: the one asked for, or else the only one that it has, or else a real one.
 *
 * @throws CliError `USAGE` for a real one with the router in memory
 */
export function dataPlaneFor(router: RouterKind, asked: DataPlaneKind | undefined): DataPlaneKind {
  if (router === 'memory' && asked === 'real') {
    throw new CliError(
      'USAGE',
      '--router memory has no real data plane; leave out --data-plane, or use --router haproxy',
    );
  }
  return asked ?? (router === 'memory' ? 'memory' : 'real');
}
