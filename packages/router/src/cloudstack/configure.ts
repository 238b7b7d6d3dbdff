import { type LoadBalancerConfig, storedDatabag } from '@limpet/cloudstack';
import type { DataPlane } from '@limpet/data-plane';
import { configText, sameConfig } from './config-text.ts';
import { endHeldConnections, type RuleChange } from './end-held-connections.ts';
import { acceptCalls } from './firewall-rules.ts';
import type { KnownDefects } from './known-defects.ts';
import { awaitPeers, awaitTables, reloadAndLook } from './takeover.ts';

/** Files of CloudStack's router. Absolute. */
export interface CloudStackPaths {
  /** haproxy.cfg; the new one is written beside it as `haproxy.cfg.new`. */
  config: string;
  /** The stored load balancer databag. */
  databag: string;
}

/** What one run of the scripts needs. */
export interface ConfigureContext {
  dataPlane: DataPlane;
  paths: CloudStackPaths;
  knownDefects: KnownDefects;
  /** Called before a running HAProxy is reloaded or restarted. */
  onReload(): void;
  /** Rules that differ from those that were sent before. */
  changes: readonly RuleChange[];
}

/**
 * One run of the router's scripts for a load balancer queue file: merge into the databag, CsLoadBalancer.process, then
 * the firewall pass (update_config.py, configure.py).
 * @returns why the configuration was rejected; undefined when it was not, or when the result is ignored.
 */
export async function configure(config: LoadBalancerConfig, context: ConfigureContext): Promise<string | undefined> {
  const { dataPlane, paths, knownDefects } = context;
  const stored = storedDatabag({ rules: [config], type: 'loadbalancer' });
  await dataPlane.files.write(paths.databag, `${JSON.stringify(stored)}\n`);
  const text = configText(config.configuration);
  const install = knownDefects.ignoreReloadResult ? installUnchecked : installChecked;
  const problem = await install(text, context);
  if (problem !== undefined) return problem;
  await passFirewall(config, context);
  if (!knownDefects.heldConnectionsKept && (await dataPlane.haproxy.running())) {
    await endHeldConnections(dataPlane, context.changes);
  }
  return undefined;
}

/** CloudStack's way: copies the file, reloads or restarts, and checks nothing. */
async function installUnchecked(text: string, context: ConfigureContext): Promise<undefined> {
  const { dataPlane, paths, knownDefects } = context;
  await dataPlane.files.write(candidate(paths), text);
  const live = await dataPlane.files.read(paths.config);
  if (live !== undefined && sameConfig(live, text, knownDefects.lineSetCompare)) return;
  await dataPlane.files.write(paths.config, text);
  // CsHelper.execute ignores the exit code of systemctl.
  await activate(context).catch(() => undefined);
}

/** The correct way: installs only what HAProxy accepts, and restores the former file when HAProxy does not start. */
async function installChecked(text: string, context: ConfigureContext): Promise<string | undefined> {
  const { dataPlane, paths, knownDefects } = context;
  await dataPlane.files.write(candidate(paths), text);
  const live = await dataPlane.files.read(paths.config);
  const same = live !== undefined && sameConfig(live, text, knownDefects.lineSetCompare);
  if (same && (await dataPlane.haproxy.running())) return undefined;
  const check = await dataPlane.haproxy.check(candidate(paths));
  if (!check.ok) return check.message;
  await dataPlane.files.write(paths.config, text);
  try {
    await activate(context);
    return undefined;
  } catch (error) {
    if (live !== undefined) await dataPlane.files.write(paths.config, live);
    return error instanceof Error ? error.message : String(error);
  }
}

/** `systemctl reload haproxy` when HAProxy runs, else `systemctl restart haproxy`. */
async function activate({ dataPlane, paths, knownDefects, onReload }: ConfigureContext): Promise<void> {
  const { haproxy } = dataPlane;
  if (!(await haproxy.running())) return haproxy.start(paths.config);
  if (knownDefects.restartInsteadOfReload) {
    onReload();
    await haproxy.stop();
    return haproxy.start(paths.config);
  }
  // Debian's unit runs `haproxy -c` before it signals the master, and gives up when that fails.
  if (!(await haproxy.check(paths.config)).ok) return;
  if (!knownDefects.noPeers) await awaitPeers(dataPlane);
  onReload();
  if (knownDefects.unverified) return haproxy.signalReload();
  await reloadAndLook(dataPlane);
  if (!knownDefects.noPeers) await awaitTables(dataPlane);
}

async function passFirewall(config: LoadBalancerConfig, { dataPlane, knownDefects }: ConfigureContext): Promise<void> {
  const saved = await dataPlane.packetFilter.save();
  for (const args of acceptCalls(saved, config, knownDefects)) {
    // The exit code is only logged (CsNetfilters.compare); the second deletion of a revoked rule always fails.
    await dataPlane.packetFilter.run(args);
  }
}

function candidate(paths: CloudStackPaths): string {
  return `${paths.config}.new`;
}
