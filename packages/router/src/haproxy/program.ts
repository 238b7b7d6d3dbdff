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
import { forgetAllOp, type RuntimeOp, runOps, runtimeOps, seedOp } from './runtime.ts';
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
  /** Sessions that were there before the change; undefined after a start, when there were none, and when not asked for. */
  scope: Scope | undefined;
  /** What HAProxy runs now. */
  live: LiveProxy;
}

/** What a change asks for beyond the change itself. */
export interface ProgramOptions {
  /** Whether somebody will ask which sessions were there before: to list them costs the more, the more there are. */
  scope: boolean;
}

const install = async ({ dataPlane: { files }, paths }: Programmer, rendered: RenderedFiles): Promise<void> => {
  const texts = [
    [paths.stickMap, rendered.stickMap],
    [paths.config, rendered.config],
  ] as const;
  // A change of stickiness is in the one, a change of members in the other; each write waits for the disk twice.
  for (const [path, text] of texts) if ((await files.read(path)) !== text) await files.write(path, text);
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
 * that comes in between finds its entry there. Nothing else is in the table then, whatever was there when the rule was
 * sticky before.
 */
const seeds = async (rules: readonly RuleLayout[], live: LiveProxy, { haproxy }: DataPlane): Promise<RuntimeOp[]> => {
  if (rules.length === 0) return [];
  const seen = await allSessions(haproxy);
  return rules.flatMap(({ proxy, servers }) => {
    const known = live.servers.get(proxy);
    const serving = servers.filter(({ name, weight }) => weight > 0 && known?.get(name)?.maintenance === false);
    const ids = new Map(serving.map(({ name, id }) => [name, id]));
    const held = heldOf(seen, proxy, undefined).map(({ session }) => session);
    const entries = [...seedEntries(held, new Set(ids.keys()))];
    return [forgetAllOp(proxy), ...entries.map(([source, server]) => seedOp(proxy, source, ids.get(server)!))];
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
 * Starts HAProxy. When it does not come up with the rules, but does without, one of them is at fault (`haproxy -c`
 * binds nothing), and HAProxy is left without rules, so that they can be tried by reloads, which can fail.
 *
 * @throws RouterError `ROUTER_RELOAD_FAILED`: a rule is at fault. Whatever else: the machine.
 */
const start = async (programmer: Programmer, rendered: RenderedFiles, hasRules: boolean): Promise<void> => {
  const { dataPlane, paths, settings } = programmer;
  await install(programmer, rendered);
  try {
    return await dataPlane.haproxy.start(paths.config);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== 'HAPROXY_START_FAILED' || !hasRules) throw error;
    await install(programmer, renderFiles([], settings, paths));
    await dataPlane.haproxy.start(paths.config);
    throw new RouterError('ROUTER_RELOAD_FAILED', message, { cause: error });
  }
};

/**
 * Brings HAProxy from what it runs to these rules: files first, so that a crash or a foreign reload in between leads to
 * the same; then one reload or the runtime commands; then the proof, which is that a second plan has no steps.
 *
 * @throws RouterError `ROUTER_CONFIG_REJECTED`, `ROUTER_RELOAD_FAILED` (nothing has changed, or HAProxy is up without
 * rules), `ROUTER_COMMAND_REFUSED`, `ROUTER_NOT_IN_FORCE`.
 */
export async function programRules(
  programmer: Programmer,
  rules: readonly RuleLayout[],
  live: LiveProxy | undefined,
  options: ProgramOptions,
): Promise<Programmed> {
  const { dataPlane, paths, settings } = programmer;
  const { haproxy } = dataPlane;
  const rendered = renderFiles(rules, settings, paths);
  const steps = planSteps(rules, rendered.mark, live);
  if (!live) {
    await validate(programmer, rendered);
    await start(programmer, rendered, rules.length > 0);
    return { steps, runtimeOps: 0, scope: undefined, live: await prove(programmer, rules, rendered.mark) };
  }
  const seeding = await seeds(newlySticky(rules, live), live, dataPlane);
  let scope: Scope | undefined;
  let ops: RuntimeOp[] = [];
  if (steps.some((step) => step.do === 'reload')) {
    await validate(programmer, rendered);
    await runOps(haproxy, seeding); // the old worker's table is handed to the new one
    scope = await reload(programmer, rendered);
  } else {
    // Not read by HAProxy first, which would be most of the time that the change takes: the skeleton is the one that it
    // runs, and the server lines differ in values whose types hold them to what HAProxy accepts.
    await install(programmer, rendered);
    ops = [...seeding, ...steps.flatMap((step) => runtimeOps(step, paths))];
    await runOps(haproxy, ops);
    if (options.scope) scope = scopeOf(await allSessions(haproxy));
  }
  return { steps, runtimeOps: ops.length, scope, live: await prove(programmer, rules, rendered.mark) };
}

const prove = async (
  { dataPlane, paths }: Programmer,
  rules: readonly RuleLayout[],
  mark: string,
): Promise<LiveProxy> => {
  const live = await readLive(dataPlane.haproxy, paths);
  const left = planSteps(rules, mark, live);
  if (left.length > 0) {
    throw new RouterError(
      'ROUTER_NOT_IN_FORCE',
      `HAProxy took the change, but still lacks: ${describePlan(left).trim()}`,
    );
  }
  return live;
};
