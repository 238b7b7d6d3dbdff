import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Commit } from './commits.ts';

const fieldSeparator = '\u001f';
const recordSeparator = '\u001e';

/**
 * The commits after `base`, the newest first; in a shallow clone, those that it has. None in a folder that is no clone,
 * such as an unpacked archive of the sources.
 *
 * @param base a commit of a release, and the last one before the rule.
 * @throws Error of `git log`.
 */
export function commitsSince(root: string, base: string): Commit[] {
  if (!existsSync(join(root, '.git'))) return [];
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  const isThere = git('rev-list', '--all')
    .split('\n')
    .some((hash) => hash.startsWith(base));
  const format = ['%h', '%s', '%b', '%P'].join(fieldSeparator) + recordSeparator;
  const log = git('log', `--format=${format}`, isThere ? `${base}..HEAD` : 'HEAD');
  return log
    .split(recordSeparator)
    .map((record) => record.trim())
    .filter((record) => record !== '')
    .map((record) => {
      const [hash = '', subject = '', body = '', parents = ''] = record.split(fieldSeparator);
      return { hash, subject, body: body && `\n${body}`, parents: parents.split(' ').filter(Boolean) };
    });
}
