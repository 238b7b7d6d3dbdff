import { readFileSync, readlinkSync } from 'node:fs';
import { LabError } from '../errors.ts';
import { exec } from '../exec.ts';
import { requireTools } from '../tools.ts';

const CAP_NET_ADMIN = 1n << 12n;
const CAP_SYS_ADMIN = 1n << 21n;

/** The environment variable by which a box tells its processes which one they are in. */
export const BOX_VARIABLE = 'LIMPET_BOX';

/** Identifies the box that the caller is in: no two live process namespaces share it. */
export function boxIdentity(): string {
  return readlinkSync('/proc/self/ns/pid');
}

/** True in a box. An inherited variable alone does not convince it: the namespace must be the one that it names. */
export function inBox(): boolean {
  return process.env[BOX_VARIABLE] === boxIdentity();
}

/** @throws LabError `LAB_NOT_IN_BOX` */
export function requireBox(): void {
  if (inBox()) return;
  throw new LabError('LAB_NOT_IN_BOX', 'a lab opens in a box only: run this program by runInBox or by the box command');
}

/** True when `/proc/PID/status` shows the right to make namespaces without a user namespace (root in a container may lack it). */
export function isPrivileged(procStatus: string): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(procStatus)?.[1];
  if (effective === undefined) return false;
  const needed = CAP_SYS_ADMIN | CAP_NET_ADMIN;
  return (BigInt(`0x${effective}`) & needed) === needed;
}

/** Arguments of unshare(1) that open a box for the caller. */
export function unshareFlags(procStatus = readFileSync('/proc/self/status', 'utf8')): string[] {
  const user = isPrivileged(procStatus) ? [] : ['--user', '--map-root-user'];
  return [...user, '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
}

/**
 * Makes sure that a box can be opened, by opening an empty one (some milliseconds).
 *
 * @throws LabError `LAB_MISSING_TOOL` or `LAB_NO_NAMESPACES`, with the remedy.
 */
export async function checkBoxSupport(): Promise<void> {
  requireTools();
  const { code, stderr } = await exec('unshare', [...unshareFlags(), 'true']);
  if (code === 0) return;
  throw new LabError(
    'LAB_NO_NAMESPACES',
    `this user may not make network namespaces (${stderr.trim()}). Run as root, or allow it to everybody: ` +
      'sysctl -w kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0 ' +
      '(a kernel has one of the two, or neither); in a container, add --privileged.',
  );
}
