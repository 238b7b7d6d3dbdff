import {
  ContractError,
  canonicalNetworks,
  type HaproxySettings,
  haproxySettingsSchema,
  listed,
  parse,
} from '@limpet/contract';
import type { DataPlane, Files } from '@limpet/data-plane';
import { type Capabilities, renderConfig, section } from '@limpet/haproxy';
import { RouterError } from '../../errors.ts';
import { pairProblem, selfAndOther } from './pair.ts';
import type { RouterPaths } from './paths.ts';
import { configText, renderFiles } from './render.ts';
import { haproxySettingsOf, type RouterSettings } from './settings.ts';
import { tlsWords } from './tls-words.ts';

/**
 * The settings in their canonical form.
 *
 * @throws RouterError `ROUTER_SETTINGS_INVALID` that names the field.
 */
export function parseSettings(settings: RouterSettings): RouterSettings {
  let told: HaproxySettings;
  try {
    told = parse(haproxySettingsSchema, haproxySettingsOf(settings), 'settings');
  } catch (cause) {
    if (!(cause instanceof ContractError)) throw cause;
    throw new RouterError('ROUTER_SETTINGS_INVALID', cause.message, { cause });
  }
  const problem = told.pair && pairProblem(told.pair);
  if (problem) throw invalid(`settings.pair.${problem}`);
  return { ...settings, ...canonicalSettings(told) };
}

const canonicalSettings = (settings: HaproxySettings): HaproxySettings => ({
  ...settings,
  statistics: settings.statistics.map((page) => ({ ...page, cidrs: canonicalNetworks(page.cidrs) })),
});

/**
 * Asks HAProxy whether it could run with these settings, without any rule: what it refuses then is no rule's fault.
 *
 * @throws RouterError `ROUTER_SETTINGS_INVALID` that names the field, or says what HAProxy says.
 */
export async function checkSettings(
  { files, haproxy, kind, ...host }: Pick<DataPlane, 'files' | 'haproxy' | 'kind' | 'localAddresses'>,
  paths: RouterPaths,
  settings: RouterSettings,
  capabilities: Capabilities,
): Promise<void> {
  const local = await host.localAddresses();
  const own = settings.pair && selfAndOther(settings.pair).self;
  if (own && !local.includes(own.ip)) {
    throw invalid(
      `settings.pair.peers: ${own.ip} of ${own.name}, which is this router, is not an address of it (its addresses: ${listed(local)}); name one that it always has`,
    );
  }
  if (settings.chroot !== undefined && kind === 'real' && !(await isFolder(files, settings.chroot))) {
    throw invalid(`settings.chroot: ${settings.chroot} is no folder on this router; make it, or leave it out`);
  }
  const fixed = configText(renderFiles([], settings, paths, capabilities));
  await files.write(paths.candidate, kind === 'real' ? `${fixed}\n${tlsProbe(settings)}` : fixed);
  const verdict = await haproxy.check(paths.candidate);
  if (!verdict.ok) throw invalid(`HAProxy refuses the settings: ${verdict.message}`);
}

/**
 * HAProxy looks at ciphers only where it needs them: without a rule of protocol ssl, nowhere. A server needs no certificate. HAProxy
 * says the section's name, which is the field's, with what it refuses.
 */
const tlsProbe = ({ tls }: RouterSettings): string => {
  const server = ['server', 'any', '127.0.0.1:1', 'ssl', 'verify', 'none', ...tlsWords(tls)];
  return renderConfig({ sections: [section('backend', 'settings.tls', [server])] });
};

/** `haproxy -c` does not look for the folder, and a worker without it fails. What is there, and is no file, is a folder. */
async function isFolder(files: Pick<Files, 'read'>, path: string): Promise<boolean> {
  try {
    await files.read(`${path}/.`);
    return false;
  } catch (error) {
    return (error as { code?: string }).code === 'ROUTER_FILE_UNUSABLE';
  }
}

const invalid = (problem: string): RouterError => new RouterError('ROUTER_SETTINGS_INVALID', problem);
