import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exec as execHere } from '@limpet/lab';
import manifest from '../../package.json' with { type: 'json' };
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { collect } from '../support/collect.ts';
import { redact } from '../support/redact.ts';

/** Options of `limpet support`. */
export interface SupportFlags {
  /** The file of the agent's configuration. */
  config: string;
}

/**
 * `limpet support`: writes what helps to understand a router into one file, without its secrets.
 *
 * @throws CliError `USAGE` when the file cannot be written
 */
export async function support(file: string, flags: SupportFlags, context: Context): Promise<void> {
  const exec = context.exec ?? execHere;
  const { files, missing, secrets } = await collect(flags.config, manifest.version, { exec, context });
  const all = new Map([...files, ['missing.txt', missing.map((line) => `${line}\n`).join('')]]);
  const folder = await mkdtemp(join(tmpdir(), 'limpet-support-'));
  try {
    await mkdir(join(folder, 'limpet-support'));
    for (const [name, text] of all) await writeFile(join(folder, 'limpet-support', name), redact(text, secrets));
    // For its owner alone, from the beginning: what it says of the network is nobody else's business.
    await writeFile(file, '', { mode: 0o600 }).catch((cause: Error) => {
      throw new CliError('USAGE', `cannot write ${file}: ${cause.message}; name another file`);
    });
    const { code, stderr } = await execHere('tar', ['-czf', resolve(file), '-C', folder, 'limpet-support']);
    if (code !== 0) throw new CliError('USAGE', `cannot write ${file}: ${stderr.trim()}; name another file`);
  } finally {
    await rm(folder, { recursive: true });
  }
  for (const line of missing) context.stderr.write(`not in it: ${line}\n`);
  context.stdout(
    `${file}: ${[...all.keys()].join(', ')}. Secrets are redacted; look it through before you pass it on.\n`,
  );
}
