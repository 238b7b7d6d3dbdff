import { fileURLToPath } from 'node:url';
import { inBox, runInBox } from '@limpet/lab';

const bin = fileURLToPath(new URL('../bin/limpet.js', import.meta.url));

/**
 * Runs this same command again in a box, where a real HAProxy harms nobody and leaves nothing behind.
 *
 * @returns its exit code; undefined when this already is the one in the box
 * @throws LabError when the tools or the permission for a box are missing
 */
export async function rerunInSandbox(args: readonly string[]): Promise<number | undefined> {
  if (inBox()) return undefined;
  return runInBox([process.execPath, bin, ...args]);
}
