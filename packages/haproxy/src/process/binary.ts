import { resolve } from 'node:path';

/** The environment variable that names the HAProxy to run, in place of `haproxy` on the PATH. */
export const binaryVariable = 'LIMPET_HAPROXY';

/** The HAProxy to run: an absolute path, or a name to look for on the PATH. */
export function haproxyBinary(env: NodeJS.ProcessEnv = process.env): string {
  const named = env[binaryVariable] || 'haproxy';
  // The master executes itself again at each reload, wherever it is then.
  return named.includes('/') ? resolve(named) : named;
}
