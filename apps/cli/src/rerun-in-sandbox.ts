import { fileURLToPath } from 'node:url';
import { inBox, runInBox } from '@limpet/lab';

const bin = fileURLToPath(new URL('../bin/limpet.js', import.meta.url));

/**
 * Runs this command again in a sandbox (a box of `@limpet/lab`): a real HAProxy in it cannot touch this machine, and ends
 * with the command.
 *
 * @param args the arguments after `limpet`
 * @returns the exit code of the run in the sandbox; undefined when this process is that run
 * @throws LabError when the tools or the permission for a sandbox are missing
 */
export async function rerunInSandbox(args: readonly string[]): Promise<number | undefined> {
  if (inBox()) return undefined;
  return runInBox([process.execPath, bin, ...args]);
}
