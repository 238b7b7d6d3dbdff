import type { DataPlane } from '../dataplane.ts';
import { RouterError } from '../errors.ts';
import { bindingOf, seedEntries } from './held.ts';
import { allSessions, heldOf, type Scope, scopeOf, workers } from './held-sessions.ts';
import type { RuleLayout } from './layout.ts';
import { type LiveProxy, readLive } from './live.ts';
import type { RouterPaths } from './paths.ts';
import { describePlan, planSteps, type Step } from './plan.ts';
import { awaitResync, reloadInto } from './reload.ts';
import { type RenderedFiles, renderFiles } from './render.ts';
import { type RuntimeOp, runOps, runtimeOps, seedOps } from './runtime.ts';
import type { RouterSettings } from './settings.ts';

/** What programming needs of its surroundings. */
export interface Programmer {
  dataPlane: DataPlane;
  paths: RouterPaths;
  settings: RouterSettings;
}

/** What was done. */
export interface Programmed {
  steps: Step[];
  /** Runtime commands that changed something. */
  runtimeOps: number;
  /** Sessions that were there before the change; undefined after a start, when there were none. */
  scope: Scope | undefined;
}

const install = async ({ dataPlane: { files }, paths }: Programmer, rendered: RenderedFiles): Promise<void> => {
  await files.write(paths.stickMap, rendered.stickMap);
  await files.write(paths.config, rendered.config);
};

/** Nothing is installed before HAProxy has read it (apache/cloudstack#4285: a bad file over the good one, unnoticed). */
const validate = async (
  { dataPlane: { files, haproxy }, paths }: Programmer,
  rendered: RenderedFiles,
): Promise<void> => {
  // The candidate names the map, which has to exist; the one that runs stays as it is until the candidate is good.
  if ((await files.read(paths.stickMap)) === undefined) await files.write(paths.stickMap, '');
  await files.write(paths.candidate, rendered.config);
  const verdict = await haproxy.check(paths.candidate);
  if (!verdict.ok)
    throw new RouterError('ROUTER_CONFIG_REJECTED', `HAProxy rejects the configuration: ${verdict.message}`);
};

/** Rules whose clients are about to become sticky by table, while they hold connections. */
const newlySticky = (rules: readonly RuleLayout[], live: LiveProxy): RuleLayout[] =>
  rules.filter((rule) => bindingOf(rule.rule) === 'table' && live.stick.get(rule.proxy) === 'none');

/**
 * Entries for the clients that hold connections of these rules, before the table is asked for the first time: a client
 * that comes in between finds its entry there.
 */
const seeds = async (rules: readonly RuleLayout[], live: LiveProxy, { haproxy }: DataPlane): Promise<RuntimeOp[]> => {
  if (rules.length === 0) return [];
  const seen = await allSessions(haproxy);
  return rules.flatMap(({ proxy, servers }) => {
    const known = live.servers.get(proxy);
    const serving = servers.filter(({ name, weight }) => weight > 0 && known?.get(name)?.maintenance === false);
    const ids = new Map(serving.map(({ name, id }) => [name, id]));
    const held = heldOf(seen, proxy, undefined).map(({ session }) => session);
    return [...seedEntries(held, new Set(ids.keys()))].flatMap(([source, server]) =>
      seedOps(proxy, source, ids.get(server)!),
    );
  });
};

/** What is on disk is what runs, also for the next boot: after a failed reload the former files come back. */
const reload = async (programmer: Programmer, rendered: RenderedFiles): Promise<Scope> => {
  const { files, haproxy, clock } = programmer.dataPlane;
  const { config, stickMap } = programmer.paths;
  await awaitResync(haproxy, clock);
  const former = [await files.read(stickMap), await files.read(config)];
  await install(programmer, rendered);
  try {
    await reloadInto(haproxy, rendered.mark, clock);
  } catch (error) {
    if (former[0] !== undefined) await files.write(stickMap, former[0]);
    if (former[1] !== undefined) await files.write(config, former[1]);
    throw error;
  }
  const { current, old } = await workers(haproxy);
  return { pid: current, sessions: new Set(), older: new Set(old) };
};

/**
 * Brings HAProxy from what it runs to these rules: files first, so that a crash or a foreign reload in between leads to
 * the same; then one reload or the runtime commands; then the proof, which is that a second plan has no steps.
 *
 * @throws RouterError `ROUTER_CONFIG_REJECTED`, `ROUTER_RELOAD_FAILED` (nothing has changed), `ROUTER_COMMAND_REFUSED`,
 * `ROUTER_NOT_IN_FORCE`.
 */
export async function programRules(
  programmer: Programmer,
  rules: readonly RuleLayout[],
  live: LiveProxy | undefined,
): Promise<Programmed> {
  const { dataPlane, paths, settings } = programmer;
  const { haproxy } = dataPlane;
  const rendered = renderFiles(rules, settings, paths);
  const steps = planSteps(rules, rendered.mark, live);
  if (!live) {
    await validate(programmer, rendered);
    await install(programmer, rendered);
    await haproxy.start(paths.config);
    return { steps, runtimeOps: 0, scope: undefined };
  }
  const seeding = await seeds(newlySticky(rules, live), live, dataPlane);
  let scope: Scope;
  let ops: RuntimeOp[] = [];
  if (steps.some((step) => step.do === 'reload')) {
    await validate(programmer, rendered);
    await runOps(haproxy, seeding); // the old worker's table is handed to the new one
    scope = await reload(programmer, rendered);
  } else {
    await install(programmer, rendered);
    ops = [...seeding, ...steps.flatMap((step) => runtimeOps(step, paths))];
    await runOps(haproxy, ops);
    scope = scopeOf(await allSessions(haproxy));
  }
  await prove(programmer, rules, rendered.mark);
  return { steps, runtimeOps: ops.length, scope };
}

const prove = async ({ dataPlane, paths }: Programmer, rules: readonly RuleLayout[], mark: string): Promise<void> => {
  const left = planSteps(rules, mark, await readLive(dataPlane.haproxy, paths));
  if (left.length > 0) {
    throw new RouterError(
      'ROUTER_NOT_IN_FORCE',
      `HAProxy took the change, but still lacks: ${describePlan(left).trim()}`,
    );
  }
};
