import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { NODE_FLAGS, writeBundle } from './bundle.ts';

const own = fileURLToPath(new URL('..', import.meta.url));
const repository = join(own, '../..');

/** Where the program is. The units name it. */
const home = 'usr/lib/limpet';

/** What a package is made of. */
export interface DebOptions {
  /** A folder that is not there yet, for what goes into the package. */
  root: string;
  /** The package to write, such as `limpet_0.1.0_amd64.deb`. */
  file: string;
  /** The Node that goes with it. */
  node: string;
  /** Debian 11's dpkg reads no zstd. */
  compression: 'xz' | 'none';
  /** Seconds since the epoch: the time of all files, so that the same sources make the same package. */
  sourceDateEpoch: number;
}

/** The version of the package. */
export async function version(): Promise<string> {
  return (JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as { version: string }).version;
}

/**
 * Builds the Debian package: the bundle, the Node that runs it, the units, a configuration and the manual page.
 *
 * Node is a file of its own, not one executable with the bundle: it is as large, an upgrade replaces a file of 1 MB where
 * Node stays, and nothing is injected into a binary.
 */
export async function writeDeb({ root, file, node, compression, sourceDateEpoch }: DebOptions): Promise<void> {
  await writeFiles(root, node);
  await writeControl(root);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(sourceDateEpoch) };
  await promisify(execFile)('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', root, file], { env });
}

/** A file with its mode, whatever the umask is. */
async function put(path: string, content: string | Buffer, mode = 0o644): Promise<void> {
  await makeFolder(dirname(path));
  await writeFile(path, content);
  await chmod(path, mode);
}

async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  for (let folder = path; first !== undefined && folder.length >= first.length; folder = dirname(folder)) {
    await chmod(folder, 0o755);
  }
}

async function writeFiles(root: string, node: string): Promise<void> {
  const at = (...parts: string[]): string => join(root, ...parts);
  const copy = async (from: string, to: string): Promise<void> => put(to, await readFile(from));
  const documents = at('usr/share/doc/limpet');
  const bundle = await writeBundle(`${root}.bundle`);
  await put(at(home, 'limpet.mjs'), await readFile(bundle.program), 0o755);
  for (const file of await filesBelow(bundle.page)) await copy(join(bundle.page, file), at(home, 'page', file));
  await copyFile(node, at(home, 'node'));
  await chmod(at(home, 'node'), 0o755);
  const run = `#!/bin/sh\nexec /${home}/node ${NODE_FLAGS.join(' ')} /${home}/limpet.mjs "$@"\n`;
  await put(at('usr/bin/limpet'), run, 0o755);
  for (const unit of await readdir(join(own, 'systemd'))) {
    await copy(join(own, 'systemd', unit), at('lib/systemd/system', unit));
  }
  await copy(join(own, 'debian/agent.yaml'), at('etc/limpet/agent.yaml'));
  await put(at('usr/share/man/man8/limpet.8.gz'), gzipSync(await readFile(join(own, 'debian/limpet.8')), { level: 9 }));
  await copy(bundle.licences, join(documents, 'copyright'));
  for (const schema of bundle.schemas) await copy(schema, join(documents, schema.split('/').at(-1)!));
  for (const name of ['limpet.rules.yml', 'dashboard.json']) {
    await copy(join(repository, 'apps/agent/observability', name), join(documents, name));
  }
}

async function writeControl(root: string): Promise<void> {
  const files = await filesBelow(root);
  const sizes = await Promise.all(files.map(async (path) => (await stat(join(root, path))).size));
  const kibibytes = sizes.reduce((sum, size) => sum + Math.ceil(size / 1024), 0);
  const sums = await Promise.all(
    files
      .filter((path) => !path.startsWith('etc/'))
      .map(async (path) => {
        const sum = createHash('md5').update(await readFile(join(root, path)));
        return `${sum.digest('hex')}  ${path}\n`;
      }),
  );
  const control = join(root, 'DEBIAN');
  await put(join(control, 'control'), controlText(await version(), kibibytes));
  await put(join(control, 'md5sums'), sums.join(''));
  await put(join(control, 'conffiles'), '/etc/limpet/agent.yaml\n');
  for (const script of ['postinst', 'prerm', 'postrm']) {
    await put(join(control, script), await readFile(join(own, 'debian', script)), 0o755);
  }
}

/** Paths below a folder, sorted. */
async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

const controlText = (version: string, kibibytes: number): string => `Package: limpet
Version: ${version}
Architecture: amd64
Maintainer: The Limpet maintainers <limpet@localhost>
Installed-Size: ${kibibytes}
Depends: adduser, haproxy (>= 2.2), iproute2, iptables, libc6 (>= 2.28), libstdc++6
Section: net
Priority: optional
Description: load balancer backend for Apache CloudStack's virtual routers
 An agent that keeps load balancer rules in force with HAProxy and iptables,
 and says of each whether it is. HAProxy runs in a unit of its own, which goes
 on when the agent is stopped or upgraded.
`;
