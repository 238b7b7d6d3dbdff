/** `npm run bundle`: builds the bundle into dist/. */
import { fileURLToPath } from 'node:url';
import { writeBundle } from './bundle.ts';

const { program, page, schemas, licences } = await writeBundle(
  fileURLToPath(new URL('../../../dist', import.meta.url)),
);
process.stdout.write(`${[program, page, ...schemas, licences].join('\n')}\n`);
