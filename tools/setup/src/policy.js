import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const mark = "Made by Limpet's tools/setup";

/**
 * Does `work` (an installation) so that Debian does not start HAProxy on the way: we want the program, not the service.
 * The means is policy-rc.d, which invoke-rc.d and deb-systemd-invoke (init-system-helpers) ask. Ours denies HAProxy only,
 * and only while we live, so one that a kill leaves behind denies nothing. A policy of another program stays as it is.
 * @template T
 * @param {string} path of policy-rc.d
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withoutStartingHaproxy(path, work) {
  if (existsSync(path) && !isOurs(path)) return work();
  writeFileSync(path, policy(process.pid), { mode: 0o755 });
  const remove = () => rmSync(path, { force: true });
  /** @param {NodeJS.Signals} signal */
  const removeAndDie = (signal) => {
    remove();
    process.off(signal, removeAndDie);
    process.kill(process.pid, signal);
  };
  process.on('SIGINT', removeAndDie).on('SIGTERM', removeAndDie).on('SIGHUP', removeAndDie);
  try {
    return await work();
  } finally {
    process.off('SIGINT', removeAndDie).off('SIGTERM', removeAndDie).off('SIGHUP', removeAndDie);
    remove();
  }
}

/** @param {string} path */
function isOurs(path) {
  return readFileSync(path, 'utf8').includes(mark);
}

/** @param {number} pid */
function policy(pid) {
  return `#!/bin/sh
# ${mark} for one installation; it can be deleted.
case "$1" in
  haproxy | haproxy.service) ! kill -0 ${pid} 2>/dev/null || exit 101 ;;
esac
exit 0
`;
}
