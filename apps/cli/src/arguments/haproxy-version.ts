import { capabilitiesOf, readVersion } from '@limpet/haproxy';
import { CliError } from '../errors.ts';
import type { DataPlaneKind } from './data-plane.ts';

/**
 * Checks the version that the HAProxy in memory is to have.
 *
 * @throws CliError `USAGE`; HaproxyError `HAPROXY_VERSION`: older than every known branch
 */
export function requireVersion(version: string, router: string, dataPlane: DataPlaneKind): void {
  if (dataPlane === 'real') {
    throw new CliError(
      'USAGE',
      '--haproxy-version is for --data-plane memory; name a real HAProxy of that version by --haproxy',
    );
  }
  if (router === 'memory') {
    throw new CliError(
      'USAGE',
      '--haproxy-version: the router memory has no HAProxy; choose --router haproxy or cloudstack',
    );
  }
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new CliError('USAGE', `--haproxy-version ${version}: give a version such as 2.4.24`);
  }
  capabilitiesOf(readVersion(version));
}
