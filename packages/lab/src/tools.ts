import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { binaryVariable, haproxyBinary } from '@limpet/haproxy/binary';
import { LabError } from './errors.ts';

const DEBIAN_PACKAGES = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  ip: 'iproute2',
  'iptables-restore': 'iptables',
  haproxy: 'haproxy',
} as const;

/** A program that the lab, or what runs in it, stands on. */
export type Tool = keyof typeof DEBIAN_PACKAGES;

/** All programs that a lab with a real HAProxy needs. */
const labTools = Object.keys(DEBIAN_PACKAGES) as readonly Tool[];

/**
 * `path` with the folders where Debian keeps ip, iptables and haproxy: an ordinary user's PATH lacks them.
 */
export function withSystemFolders(path = ''): string {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...folders, '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'])].join(delimiter);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes sure that `tools` are installed.
 *
 * @param folders - where to look for them
 * @throws LabError `LAB_MISSING_TOOL`, which names all that are missing and the one line that installs them.
 */
export function requireTools(
  tools: readonly Tool[] = labTools,
  folders: readonly string[] = withSystemFolders(process.env.PATH).split(delimiter),
): void {
  const chosen = haproxyBinary();
  const isChosen = (tool: Tool): boolean => tool === 'haproxy' && chosen !== tool;
  const found = (name: string): boolean =>
    name.includes('/') ? isExecutable(name) : folders.some((folder) => isExecutable(join(folder, name)));
  if (tools.some(isChosen) && !found(chosen)) {
    throw new LabError(
      'LAB_MISSING_TOOL',
      `${binaryVariable} (--haproxy) names ${chosen}, which is no program; name another HAProxy, or none for the one on the PATH`,
    );
  }
  const missing = tools.filter((tool) => !isChosen(tool) && !found(tool));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => DEBIAN_PACKAGES[tool]))].join(' ');
  throw new LabError(
    'LAB_MISSING_TOOL',
    `${missing.join(', ')}: not found. On Debian: apt-get install -y --no-install-recommends ${packages}`,
  );
}
