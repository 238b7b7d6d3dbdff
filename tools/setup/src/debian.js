import { readFileSync } from 'node:fs';
import { withLock } from './lock.js';
import { withoutStartingHaproxy } from './policy.js';

/**
 * True on Debian and what descends from it (Ubuntu, Mint ...).
 * @param {string} [osRelease] the file
 */
export function isDebian(osRelease = '/etc/os-release') {
  try {
    return /^ID(_LIKE)?=.*\bdebian\b/m.test(readFileSync(osRelease, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Installs Debian packages as root; starts no service.
 * @param {{ packages: readonly string[]; exec: import('./exec.js').Exec; env: NodeJS.ProcessEnv; policyPath?: string }} options
 * @returns {Promise<string | undefined>} what went wrong, in the words of apt, if anything
 */
export function installDebianPackages({ packages, exec, env, policyPath = '/usr/sbin/policy-rc.d' }) {
  const options = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } };
  const patience = ['-o', 'DPkg::Lock::Timeout=300'];
  const steps = [
    // After an installation that was killed, apt-get refuses to work until this has been done.
    { file: 'dpkg', args: ['--configure', '-a'] },
    { file: 'apt-get', args: ['update', ...patience] },
    { file: 'apt-get', args: ['install', '-y', '--no-install-recommends', ...patience, ...packages] },
  ];
  return withLock('apt', () =>
    withoutStartingHaproxy(policyPath, async () => {
      for (const { file, args } of steps) {
        const { code, output } = await exec(file, args, options);
        if (code !== 0) return `${file} ${args.join(' ')} ended with exit code ${code}: ${lastLines(output)}`;
      }
    }),
  );
}

/** @param {string} output */
function lastLines(output) {
  return output.trim().split('\n').slice(-3).join(' | ');
}
