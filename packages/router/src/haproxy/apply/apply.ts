import type { DataPlane } from '@limpet/data-plane';
import type { ClientSession } from '../../drain-rules.ts';
import { bindingOf, seedEntries } from '../../drain-rules.ts';
import { RouterError } from '../../errors.ts';
import { type Certificates, installCertificates } from '../config/certificates.ts';
import type { RouterPaths } from '../config/paths.ts';
import { type ProxySpec, takesClients } from '../config/proxy-spec.ts';
import { type RenderedFiles, renderFiles } from '../config/render.ts';
import { waitScript } from '../config/resync-wait.ts';
import type { RouterSettings } from '../config/settings.ts';
import { type Aims, describePlan, planSteps, type Step } from '../plan/plan.ts';
import { forgetAllOp, type RuntimeOp, runOps, seedOp } from '../runtime/commands.ts';
import { type LiveScope, type LiveState, liveCommands, readLiveAnswers, readLiveState } from '../runtime/live-state.ts';
import { heldOf, type SessionScope, scopeOf, type WorkerSessions } from '../runtime/sessions.ts';
import type { Counters } from '../state/counters.ts';
import { endResyncWait } from './end-resync-wait.ts';
import type { InstalledFiles } from './installed-files.ts';
import { awaitResync, reloadInto } from './reload.ts';
import { retireOldWorkers } from './retire-workers.ts';
import { runtimeOps } from './step-commands.ts';

/** What programming needs of its surroundings. */
export interface ApplyContext {
  dataPlane: DataPlane;
  paths: RouterPaths;
  settings: RouterSettings;
  installed: InstalledFiles;
  workerSessions: WorkerSessions;
  counters: Counters;
}

/** What was done. */
export interface Applied {
  steps: Step[];
  /** Runtime commands that changed something. */
  runtimeOps: number;
  /** Sessions that were there before the change; undefined after a start, when there were none, and when not asked for. */
  scope: SessionScope | undefined;
  /** What HAProxy runs now. */
  live: LiveState;
  /** Connections that had to end because their worker was too old. */
  ended: ClientSession[];
}

/** What a change asks for beyond the change itself. */
export interface ApplyOptions {
  /**
   * Ids of the rules that can differ from what HAProxy runs, and whose proxies `live` tells of; undefined: all. What a
   * change costs at run time follows from it.
   */
  changed: ReadonlySet<string> | undefined;
  /** The certificates that the changed rules name. */
  certificates: Certificates;
  /** Whether somebody will ask which sessions were there before: to list them costs the more, the more there are. */
  scope: boolean;
}

const aimsOf = ({ maxConnections }: RouterSettings, { certificates }: ApplyOptions): Required<Aims> => ({
  maxConnections,
  certificates,
});

/** Nothing is installed before HAProxy has read it (apache/cloudstack#4285: a bad file over the good one, unnoticed). */
const validate = async (
  { dataPlane: { files, haproxy }, paths }: ApplyContext,
  rendered: RenderedFiles,
): Promise<void> => {
  if ((await files.read(paths.waitScript)) !== waitScript) await files.write(paths.waitScript, waitScript);
  // The candidate names the map, which has to exist; the one that runs stays as it is until the candidate is good.
  if ((await files.read(paths.stickMap)) === undefined) await files.write(paths.stickMap, '');
  await files.write(paths.candidate, rendered.config);
  const verdict = await haproxy.check(paths.candidate);
  if (!verdict.ok)
    throw new RouterError('ROUTER_CONFIG_REJECTED', `HAProxy rejects the configuration: ${verdict.message}`);
};

/**
 * Rules whose clients are about to become sticky by table, while they hold connections. One that HAProxy serves and that
 * is not in the map any more, because somebody has cleared it, is not sticky either.
 */
const newlySticky = (rules: readonly ProxySpec[], live: LiveState): ProxySpec[] =>
  rules.filter(
    ({ rule, proxy }) =>
      bindingOf(rule) === 'table' && live.frontends.has(proxy) && (live.stick.get(proxy) ?? 'none') === 'none',
  );

/**
 * Entries for the clients that hold connections of these rules, before the table is asked for the first time: a client
 * that comes in between finds its entry there. Nothing else is in the table then, whatever was there when the rule was
 * sticky before.
 */
const seeds = async (
  rules: readonly ProxySpec[],
  live: LiveState,
  workerSessions: WorkerSessions,
): Promise<RuntimeOp[]> => {
  if (rules.length === 0) return [];
  const seen = await workerSessions.sessionsOf(new Set(rules.map(({ proxy }) => proxy)));
  return rules.flatMap(({ proxy, servers }) => {
    const known = live.servers.get(proxy);
    const serving = servers.filter((server) => takesClients(server) && known?.get(server.name)?.maintenance === false);
    const ids = new Map(serving.map(({ name, id }) => [name, id]));
    const held = heldOf(seen, proxy, undefined).map(({ session }) => session);
    const entries = [...seedEntries(held, new Set(ids.keys()))];
    return [forgetAllOp(proxy), ...entries.map(([source, server]) => seedOp(proxy, source, ids.get(server)!))];
  });
};

/** What is on disk is what runs, also for the next boot: after a failed reload the former files come back. */
const reload = async (context: ApplyContext, rendered: RenderedFiles): Promise<Pick<Applied, 'scope' | 'ended'>> => {
  const { installed, workerSessions, counters, settings } = context;
  const { haproxy, clock } = context.dataPlane;
  const { atMaxOldWorkers, maxOldWorkers, drainDeadlineMs: deadlineMs } = settings;
  await counters.refresh(); // lets go of old workers that serve nobody any more
  const ended =
    atMaxOldWorkers === 'end'
      ? await retireOldWorkers({ haproxy, clock, workerSessions, maxOldWorkers, deadlineMs })
      : [];
  if (ended.length > 0) await counters.refresh();
  const taught = await awaitResync(haproxy, clock);
  const former = await installed.current();
  await installed.install(rendered);
  try {
    await counters.over(() => reloadInto(haproxy, rendered.configHash, clock));
  } catch (error) {
    if (former) await installed.install(former);
    throw error;
  }
  await endResyncWait(haproxy, clock, context.paths.stickMap, taught);
  const { current, old } = await workerSessions.workers();
  return { scope: { pid: current, sessions: new Map(), older: new Set(old) }, ended };
};

/**
 * Starts HAProxy. When it does not come up with the rules, but does without, one of them is at fault (`haproxy -c`
 * binds nothing), and HAProxy is left without rules, so that they can be tried by reloads, which can fail.
 *
 * @throws RouterError `ROUTER_RELOAD_FAILED`: a rule is at fault. Whatever else: the machine.
 */
const start = async (context: ApplyContext, rendered: RenderedFiles, hasRules: boolean): Promise<void> => {
  const { dataPlane, paths, settings, installed } = context;
  await installed.install(rendered);
  try {
    await dataPlane.haproxy.start(paths.config);
    return await endResyncWait(dataPlane.haproxy, dataPlane.clock, paths.stickMap, false);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== 'HAPROXY_START_FAILED' || !hasRules) throw error;
    await installed.install(renderFiles([], settings, paths));
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
export async function applyRules(
  context: ApplyContext,
  rules: readonly ProxySpec[],
  live: LiveState | undefined,
  options: ApplyOptions,
): Promise<Applied> {
  const { dataPlane, paths, settings, workerSessions } = context;
  const rendered = renderFiles(rules, settings, paths);
  await installCertificates(dataPlane.files, paths, options.certificates);
  const { changed } = options;
  const concerned = changed ? rules.filter(({ id }) => changed.has(id)) : rules;
  const aims = aimsOf(settings, options);
  const steps = planSteps(concerned, rendered.configHash, live, aims);
  if (!live) {
    await validate(context, rendered);
    await start(context, rendered, rules.length > 0);
    const now = await verifyApplied(context, rules, rendered.configHash, aims);
    return { steps, runtimeOps: 0, scope: undefined, live: now, ended: [] };
  }
  // All rules are looked at when nothing is known of HAProxy: whoever drove it may have died before it was told.
  if (!changed) await endResyncWait(dataPlane.haproxy, dataPlane.clock, paths.stickMap);
  const seeding = await seeds(newlySticky(concerned, live), live, workerSessions);
  if (!steps.some((step) => step.do === 'reload')) {
    return { steps, ...(await changeAtRuntime(context, concerned, rendered, seeding, steps, options)) };
  }
  await validate(context, rendered);
  await runOps(dataPlane.haproxy, seeding); // the old worker's table is handed to the new one
  const reloaded = await reload(context, rendered);
  return { steps, runtimeOps: 0, ...reloaded, live: await verifyApplied(context, rules, rendered.configHash, aims) };
}

/**
 * Not read by HAProxy first, which would be most of the time that the change takes: the skeleton is the one that it
 * runs, and the server lines differ in values whose types hold them to what HAProxy accepts. The changes and the proof
 * are one conversation.
 */
const changeAtRuntime = async (
  { dataPlane: { haproxy }, paths, settings, installed, workerSessions }: ApplyContext,
  rules: readonly ProxySpec[],
  rendered: RenderedFiles,
  seeding: readonly RuntimeOp[],
  steps: readonly Step[],
  options: ApplyOptions,
): Promise<Omit<Applied, 'steps'>> => {
  await installed.install(rendered);
  const ops = [...seeding, ...steps.flatMap((step) => runtimeOps(step, paths))];
  const reading: LiveScope = {
    proxies: options.changed && rules.map(({ proxy }) => proxy),
    certificateFiles: [...options.certificates.keys()],
  };
  const workers = options.scope ? await workerSessions.workers() : undefined;
  const reads = [...liveCommands(paths, reading), ...(workers ? ['show sess'] : [])];
  const answers = await runOps(haproxy, ops, reads);
  const scope = workers && scopeOf(workers, answers.pop()!);
  const live = readLiveAnswers(answers, reading);
  requireNoStepsLeft(rules, rendered.configHash, live, aimsOf(settings, options));
  return { runtimeOps: ops.length, scope, live, ended: [] };
};

const verifyApplied = async (
  { dataPlane, paths }: ApplyContext,
  rules: readonly ProxySpec[],
  configHash: string,
  aims: Required<Aims>,
): Promise<LiveState> => {
  const certificateFiles = [...aims.certificates.keys()];
  const live = await readLiveState(dataPlane.haproxy, paths, { certificateFiles });
  requireNoStepsLeft(rules, configHash, live, aims);
  return live;
};

const requireNoStepsLeft = (rules: readonly ProxySpec[], configHash: string, live: LiveState, aims: Aims): void => {
  const left = planSteps(rules, configHash, live, aims);
  if (left.length === 0) return;
  throw new RouterError(
    'ROUTER_NOT_IN_FORCE',
    `HAProxy took the change, but still lacks: ${describePlan(left).trim()}`,
  );
};
