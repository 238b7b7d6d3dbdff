import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './error.js';

/** Type stripping without a flag, node:sqlite. */
const oldest = 24;

/**
 * The Node that the project runs on: the one among its packages (Linux on x64), or the user's own.
 * @param {string} root
 * @param {{ version: string; path: string }} own version as in process.versions.node
 * @throws {SetupError} SETUP_NODE_TOO_OLD
 */
export function projectNode(root, own = { version: process.versions.node, path: process.execPath }) {
  const packaged = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(packaged)) return packaged;
  if (Number.parseInt(own.version, 10) >= oldest) return own.path;
  throw new SetupError(
    'SETUP_NODE_TOO_OLD',
    `Limpet needs Node ${oldest} or newer; this is ${own.version}. On Linux x64 npm installs it with the packages ` +
      `(without --omit=optional); elsewhere get it from https://nodejs.org`,
  );
}
