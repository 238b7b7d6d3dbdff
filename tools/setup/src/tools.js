import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program, and the Debian package that it comes from. @typedef {{ command: string; package: string }} Tool */

/** The programs that a router in a box is made of. @type {readonly Tool[]} */
export const tools = [
  { command: 'haproxy', package: 'haproxy' },
  { command: 'iptables', package: 'iptables' },
  { command: 'ip', package: 'iproute2' },
  { command: 'conntrack', package: 'conntrack' },
  { command: 'socat', package: 'socat' },
];

/**
 * What the tests need beside them: SPIN, which checks the exported model too, compiles C (libc6-dev has the headers);
 * ipset and nft keep clients out in other ways than iptables; promtool checks metrics and alerts, systemd-analyze units, without a systemd that runs; the inspector's views are driven in Chromium, which has no fonts of its own.
 * @type {readonly Tool[]}
 */
export const testTools = [
  { command: 'spin', package: 'spin' },
  { command: 'cc', package: 'gcc' },
  { command: 'cc', package: 'libc6-dev' },
  { command: 'ipset', package: 'ipset' },
  { command: 'nft', package: 'nftables' },
  { command: 'promtool', package: 'prometheus' },
  { command: 'systemd-analyze', package: 'systemd' },
  { command: 'chromium', package: 'chromium' },
  { command: 'chromium', package: 'fonts-dejavu-core' },
];

/**
 * PATH with the directories of system administration, which an ordinary user of Debian does not have in it.
 * @param {string | undefined} path
 */
export function systemPath(path) {
  const directories = (path ?? '').split(delimiter).filter((directory) => directory !== '');
  const missing = ['/usr/sbin', '/sbin'].filter((directory) => !directories.includes(directory));
  return [...directories, ...missing].join(delimiter);
}

/**
 * Those of them that are not on the path.
 * @param {string} path
 * @param {readonly Tool[]} wanted
 */
export function missingTools(path, wanted = tools) {
  const directories = path.split(delimiter);
  return wanted.filter(({ command }) => !directories.some((directory) => isExecutable(join(directory, command))));
}

/**
 * What an administrator of Debian or Ubuntu types to get them.
 * @param {readonly { package: string }[]} missing
 */
export function aptLine(missing) {
  const packages = missing.map((tool) => tool.package).join(' ');
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages}`;
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
