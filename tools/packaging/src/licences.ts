import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const separator = `\n${'-'.repeat(80)}\n\n`;

/** The folder of the package that a file belongs to: the last `node_modules/NAME` of its path. */
const packageFolder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/**
 * The licences of the packages that these files belong to, with Limpet's own first and Node's last, as one text. Most of them ask to be
 * passed on with a copy.
 *
 * @param files as paths below `repository`
 */
export async function licencesOf(files: readonly string[], repository: string): Promise<string> {
  const folders = [...new Set(files.flatMap((file) => packageFolder.exec(file)?.[1] ?? []))].sort();
  const texts = await Promise.all([
    describe('limpet', repository),
    ...folders.map(async (folder) => describe(folder.replace(/^.*node_modules\//, ''), join(repository, folder))),
  ]);
  return [...texts, await licenceOfNode()].join(separator);
}

/** That of the Node that runs this, which the executable and the package have in them. Its archive has it beside `bin`. */
async function licenceOfNode(): Promise<string> {
  const file = join(dirname(process.execPath), '../LICENSE');
  const text = await readFile(file, 'utf8').catch(
    () => `https://github.com/nodejs/node/blob/${process.version}/LICENSE\n`,
  );
  return `node ${process.version.slice(1)}: MIT\n\n${text}`;
}

async function describe(name: string, folder: string): Promise<string> {
  const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    version: string;
    license: string;
  };
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${await readFile(join(folder, file), 'utf8')}`;
  return `${name} ${version}: ${license}\n${text}`;
}
