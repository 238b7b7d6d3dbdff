import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findAgent, readConfig } from '@limpet/agent/client';
import type { Exec } from '@limpet/lab';
import { localRouter } from '@limpet/operations';
import { reportHere } from '../commands/status.ts';
import type { Context } from '../context.ts';
import { json } from '../output/format.ts';
import { secretsIn } from './redact.ts';

/** What is gathered of a router, before secrets are taken out. */
export interface Collected {
  /** Texts by the name of their file. */
  files: ReadonlyMap<string, string>;
  /** What could not be had, and why: a sentence each. */
  missing: readonly string[];
  /** Secrets of the router, wherever they may stand. */
  secrets: readonly string[];
}

/** Lines of the log of both units. */
const mostLines = '5000';

/**
 * Gathers what helps to understand a router: each thing for itself, so that what is broken hides nothing else.
 *
 * @param config the file of the agent's configuration
 * @param version of Limpet
 */
export async function collect(
  config: string,
  version: string,
  { exec, context }: { exec: Exec; context: Context },
): Promise<Collected> {
  const files = new Map<string, string>();
  const missing: string[] = [];
  const take = async (name: string, read: () => Promise<string>): Promise<string | undefined> => {
    try {
      const text = await read();
      files.set(name, text);
      return text;
    } catch (error) {
      missing.push(`${name}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const output = async (file: string, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await exec(file, args);
    if (code !== 0) throw new Error(`${[file, ...args].join(' ')} ends with ${code}: ${stderr.trim()}`);
    return stdout;
  };
  const text = await take('agent.yaml', () => readFile(config, 'utf8'));
  await take('versions.txt', async () => `limpet ${version}, Node ${process.version}\n${await output('uname', '-a')}`);
  await take('haproxy-version.txt', () => output('haproxy', '-vv'));
  await take('iptables-save.txt', () => output('iptables-save'));
  await take('addresses.txt', () => output('ip', 'address'));
  await take('listeners.txt', () => output('ss', '-Hltnp'));
  const units = ['-u', 'limpet-agent', '-u', 'limpet-haproxy'];
  await take('log.txt', () => output('journalctl', ...units, '--no-pager', '-o', 'short-iso', '-n', mostLines));
  const read = await readConfig(config).catch((error: Error) => void missing.push(`the router: ${error.message}`));
  if (!read) return { files, missing, secrets: secretsIn(text ?? '') };

  const { dir, tcp, input } = read;
  await take('haproxy.cfg', () => configurationIn(join(dir, 'haproxy.d')));
  const { haproxy } = localRouter(dir, exec).dataPlane;
  for (const command of ['show info', 'show stat']) {
    await take(`${command.replace(' ', '-')}.txt`, async () => (await haproxy.runtime([command]))[0]!);
  }
  const agent = await findAgent(dir).catch(() => undefined);
  if (agent === undefined) {
    missing.push('what the agent says: no agent answers');
    await take('status.json', async () => json(await reportHere({ dir }, { ...context, exec })));
  } else {
    await take('status.json', async () => json(await agent.status()));
    await take('readyz.json', () => agent.text('/readyz'));
    await take('healthz.json', () => agent.text('/healthz'));
    await take('metrics.txt', () => agent.text('/metrics'));
    await take('rules.json', () => agent.text('/v1/rules'));
    await take('plan.json', async () => {
      const { rules } = (await agent.ask('GET', '/v1/rules')) as { rules: { rule: object }[] };
      return json(await agent.ask('POST', '/v1/plan', { rules: rules.map(({ rule }) => rule) }));
    });
    await take('events.ndjson', async () => {
      const lines: string[] = [];
      for await (const event of agent.events(0, false)) lines.push(JSON.stringify(event));
      return lines.join('\n');
    });
  }
  // Read for the secrets in them, and not taken along.
  const others = [tcp?.tokenFile, tcp?.tls?.key, input.kind === 'api' ? undefined : input.path];
  const apart = await Promise.all(others.map((path) => (path ? readFile(path, 'utf8').catch(() => '') : '')));
  const [token, ...rest] = apart;
  const all = [...files.values(), ...rest].flatMap(secretsIn);
  return { files, missing, secrets: [...new Set([...all, token!.trim()])] };
}

/** The files that HAProxy reads, as one. */
async function configurationIn(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cfg')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.filter((text) => text.trim() !== '').join('\n');
}
