import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Does `work` while no other process of this machine works under the same name. The lock is a listening socket: the kernel
 * frees it however its holder dies, and a waiting process is told by the end of the connection.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {() => void} [onWait] called once when another process holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(name, work, onWait) {
  const address = lockAddress(name);
  let lock = await take(address);
  if (!lock) onWait?.();
  while (!lock) {
    await untilFree(address);
    lock = await take(address);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** @param {string} name */
function lockAddress(name) {
  const id = `limpet-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
  if (process.platform === 'linux') return `\0${id}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${id}` : join(tmpdir(), `${id}.sock`);
}

/**
 * @param {string} address
 * @returns {Promise<{ release(): void } | undefined>} undefined when it is taken
 */
function take(address) {
  return new Promise((resolve, reject) => {
    /** @type {Set<import('node:net').Socket>} */
    const waiting = new Set();
    const server = createServer((socket) => {
      waiting.add(socket);
      socket.on('error', () => {}).once('close', () => waiting.delete(socket));
    });
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => {
      resolve({
        release() {
          server.close();
          for (const socket of waiting) socket.destroy();
        },
      });
    });
  });
}

/** @param {string} address */
function untilFree(address) {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      // A socket file outlives a killed holder; abstract sockets and pipes do not.
      if (error.code === 'ECONNREFUSED' && !address.startsWith('\0')) rmSync(address, { force: true });
    });
    socket.once('close', resolve).resume();
  });
}
