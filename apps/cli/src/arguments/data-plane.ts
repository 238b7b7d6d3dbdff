import type { RouterKind } from '@limpet/simulator';
import { CliError } from '../errors.ts';

export type DataPlaneKind = 'real' | 'memory';

/**
 * The data plane that a router is played on: the one asked for, or the only one that it has, or a real one.
 *
 * @throws CliError `USAGE` for a real one under the embedded router
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
