/** `npm run bundle`: builds the bundle, and on Linux the executable, into dist/. */
import { fileURLToPath } from 'node:url';
import { writeBundle } from './bundle.ts';
import { writeExecutable } from './executable.ts';

const dist = fileURLToPath(new URL('../../../dist', import.meta.url));
const { program, page, schemas, licences } = await writeBundle(dist);
process.stdout.write(`${[program, page, ...schemas, licences].join('\n')}\n`);
if (process.platform === 'linux') {
  const executable = await writeExecutable(dist);
  process.stdout.write(`${executable.program}\n`);
  if (!executable.stripped) {
    process.stderr.write("The executable has Node's symbols, which are 18 MB: there is no strip (install binutils).\n");
  }
}
