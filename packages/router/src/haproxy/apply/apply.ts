/**
 * Applies a plan, then plans again as the idempotence check: against the live state after the change, a second plan has
 * no steps. A step that is left means that HAProxy does not have what it acknowledged.
 *
 * @module
 */

import type { DataPlane } from '@limpet/data-plane';
import type { Capabilities } from '@limpet/haproxy';
import type { ClientSession } from '../../drain-rules.ts';
import { RouterError } from '../../errors.ts';
import { keyOf, proxyName } from '../../names.ts';
import { type Certificates, installCertificates } from '../config/certificates.ts';
import type { RouterPaths } from '../config/paths.ts';
import type { ProxySpec } from '../config/proxy-spec.ts';
import { configText, type RenderedFiles, renderFiles } from '../config/render.ts';
import { waitScript } from '../config/resync-wait.ts';
import type { RouterSettings } from '../config/settings.ts';
import { describePlan, type PlanTargets, planSteps, type Step } from '../plan/plan.ts';
import { type RuntimeOp, runOps } from '../runtime/commands.ts';
import { type LiveScope, type LiveState, liveCommands, readLiveAnswers, readLiveState } from '../runtime/live-state.ts';
import { type SessionScope, scopeOf, type WorkerSessions } from '../runtime/sessions.ts';
import type { Counters } from '../state/counters.ts';
import { endResyncWait } from './end-resync-wait.ts';
import type { InstalledFiles } from './installed-files.ts';
import { awaitResync, reloadInto } from './reload.ts';
import { retireOldWorkers } from './retire-workers.ts';
import { newlySticky, seedOps } from './seed-tables.ts';
import { runtimeOps } from './step-commands.ts';

/** What applying needs of its router. */
export interface ApplyContext {
  dataPlane: DataPlane;
  paths: RouterPaths;
  settings: RouterSettings;
  /** What HAProxy can do. */
  haproxy: Capabilities;
  installed: InstalledFiles;
  workerSessions: WorkerSessions;
  counters: Counters;
}

/** What was applied. */
export interface Applied {
  steps: Step[];
  /** Runtime commands that changed something. */
  runtimeOps: number;
  /** Sessions from before the change; undefined after a start, which has none, and when they were not asked for. */
  scope: SessionScope | undefined;
  /** What HAProxy runs now. */
  live: LiveState;
  /** Connections that were ended because their worker was one old worker too many. */
  ended: ClientSession[];
}

/** What an application is told beside its rules. */
export interface ApplyOptions {
  /**
   * Ids of the rules that can differ from what HAProxy runs, and whose proxies `live` describes; undefined: all. The
   * cost of a runtime change grows with their number.
   */
  changed: ReadonlySet<string> | undefined;
  /** Certificates that the changed rules name. */
  certificates: Certificates;
  /** Ids of rules whose clients the other router of the pair serves. */
  standby: ReadonlySet<string>;
  /** Whether `Applied.scope` is needed: listing the sessions takes longer the more there are. */
  scope: boolean;
}

const targetsOf = (
  { settings: { maxConnections }, haproxy }: ApplyContext,
  { certificates }: ApplyOptions,
): Required<PlanTargets> => ({ maxConnections, certificates, haproxy });

/**
 * HAProxy checks rules before they are installed (apache/cloudstack#4285: a bad file replaced the good one, unnoticed).
 * Of a reload, only those that can differ: to check thousands of others would take as long as the reload, which refuses
 * the whole as well, and leaves the old worker in its place.
 */
const validate = async (
  { dataPlane: { files, haproxy: process }, paths, settings, haproxy }: ApplyContext,
  rules: readonly ProxySpec[],
): Promise<void> => {
  if ((await files.read(paths.waitScript)) !== waitScript) await files.write(paths.waitScript, waitScript);
  // The candidate names the map, which has to exist; the installed map stays as it is until the candidate is valid.
  if ((await files.read(paths.stickMap)) === undefined) await files.write(paths.stickMap, '');
  await files.write(paths.candidate, configText(renderFiles(rules, settings, paths, haproxy)), 'volatile');
  const verdict = await process.check(paths.candidate);
  if (!verdict.ok)
    throw new RouterError('ROUTER_CONFIG_REJECTED', `HAProxy rejects the configuration: ${verdict.message}`);
};

/**
 * Installs the files and reloads. When the reload fails, it restores the former files, so that the next boot has what
 * runs now.
 */
const reload = async (context: ApplyContext, rendered: RenderedFiles): Promise<Pick<Applied, 'scope' | 'ended'>> => {
  const { installed, workerSessions, counters, settings } = context;
  const { haproxy, clock } = context.dataPlane;
  const { atMaxOldWorkers, maxOldWorkers, drainDeadlineMs: deadlineMs } = settings;
  const ended =
    atMaxOldWorkers === 'end'
      ? await retireOldWorkers({ haproxy, clock, workerSessions, maxOldWorkers, deadlineMs })
      : [];
  if (ended.length > 0) await counters.refresh();
  const taught = await awaitResync(haproxy, clock);
  const former = await installed.current();
  await installed.install(rendered);
  try {
    await counters.throughReload(() => reloadInto(haproxy, rendered.configHash, clock));
  } catch (error) {
    if (former) await installed.install(former);
    throw error;
  }
  await endResyncWait(context.dataPlane, {
    stickMap: context.paths.stickMap,
    teacher: taught ? 'old worker' : undefined,
  });
  const { current, old } = await workerSessions.workers();
  return { scope: { pid: current, sessions: new Map(), older: new Set(old) }, ended };
};

/**
 * Starts HAProxy. When HAProxy fails to start with the rules and starts without them, one of the rules is at fault
 * (`haproxy -c` binds no address). HAProxy then runs without rules, and the caller can try them by reloads, which leave
 * it running when they fail.
 *
 * @throws RouterError `ROUTER_RELOAD_FAILED` when a rule is at fault. Any other error is the host's.
 */
const start = async (context: ApplyContext, rendered: RenderedFiles, hasRules: boolean): Promise<void> => {
  const { dataPlane, paths, settings, installed, haproxy } = context;
  await installed.install(rendered);
  try {
    await dataPlane.haproxy.start(paths.config);
    return await endResyncWait(dataPlane, {
      stickMap: paths.stickMap,
      teacher: settings.pair ? 'other router' : undefined,
    });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== 'HAPROXY_START_FAILED' || !hasRules) throw error;
    await installed.install(renderFiles([], settings, paths, haproxy));
    await dataPlane.haproxy.start(paths.config);
    throw new RouterError('ROUTER_RELOAD_FAILED', message, { cause: error });
  }
};

/**
 * Brings HAProxy from `live` to these rules. Writes the files first, so that a crash or an external reload in between
 * leads to the same configuration; then reloads once or runs the runtime commands; then plans again, which must give no
 * steps.
 *
 * @param live undefined when HAProxy is not running.
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
  const rendered = renderFiles(rules, settings, paths, context.haproxy);
  await installCertificates(dataPlane.files, paths, options.certificates);
  const { changed } = options;
  const concerned = changed ? rules.filter(({ id }) => changed.has(id)) : rules;
  const targets = targetsOf(context, options);
  const steps = planSteps(concerned, rendered.configHash, live, targets);
  if (!live) {
    await validate(context, rules);
    await start(context, rendered, rules.length > 0);
    const now = await verifyApplied(context, rules, rendered.configHash, targets, {});
    return { steps, runtimeOps: 0, scope: undefined, live: now, ended: [] };
  }
  if (!changed) await endForgottenWait(context);
  const seeding = await seedOps(newlySticky(concerned, live, options.standby), live, workerSessions);
  if (!steps.some((step) => step.do === 'reload')) {
    return { steps, ...(await changeAtRuntime(context, { rules: concerned, rendered, seeding, steps, options })) };
  }
  // What was counted is on disk before its worker may end. That releases old workers without clients, too.
  await Promise.all([validate(context, concerned), context.counters.refresh()]);
  await runOps(dataPlane.haproxy, seeding); // the old worker hands its tables to the new one
  const reloaded = await reload(context, rendered);
  // The others are in the same files: a worker that has their hash has read them as they were written.
  const scope = { proxies: changed && [...changed].map((id) => proxyName(keyOf(id))) };
  const now = await verifyApplied(context, concerned, rendered.configHash, targets, scope);
  return { steps, runtimeOps: 0, ...reloaded, live: now };
}

/**
 * All rules are compared when nothing is known of HAProxy: the former router may have died before it ended the wait, or
 * another program has started HAProxy. A worker without an old one beside it has nobody who could teach it its tables.
 */
const endForgottenWait = async ({ dataPlane, paths, workerSessions }: ApplyContext): Promise<void> => {
  const { old } = await workerSessions.workers();
  await endResyncWait(dataPlane, {
    stickMap: paths.stickMap,
    teacher: old.length > 0 ? 'old worker' : undefined,
  });
};

/** A change that needs no reload. */
interface RuntimeChange {
  /** The rules that can differ. */
  rules: readonly ProxySpec[];
  rendered: RenderedFiles;
  seeding: readonly RuntimeOp[];
  steps: readonly Step[];
  options: ApplyOptions;
}

/**
 * Installs the files and runs the steps' commands. `haproxy -c` is left out, since it would take most of the time of
 * the change: the static configuration is the one that HAProxy runs, and the types of the server lines' values allow
 * only what HAProxy accepts. The commands and the second read are one conversation.
 */
const changeAtRuntime = async (
  context: ApplyContext,
  { rules, rendered, seeding, steps, options }: RuntimeChange,
): Promise<Omit<Applied, 'steps'>> => {
  const { dataPlane, paths, installed, workerSessions } = context;
  await installed.install(rendered);
  const ops = [...seeding, ...steps.flatMap((step) => runtimeOps(step, paths))];
  const readScope: LiveScope = {
    proxies: options.changed && rules.map(({ proxy }) => proxy),
    certificateFiles: [...options.certificates.keys()],
  };
  const workers = options.scope ? await workerSessions.workers() : undefined;
  const reads = [...liveCommands(paths, readScope), ...(workers ? ['show sess'] : [])];
  const answers = await runOps(dataPlane.haproxy, ops, reads);
  const scope = workers && scopeOf(workers, answers.pop()!);
  const live = readLiveAnswers(answers, readScope);
  requireNoStepsLeft(rules, rendered.configHash, live, targetsOf(context, options));
  return { runtimeOps: ops.length, scope, live, ended: [] };
};

const verifyApplied = async (
  { dataPlane, paths }: ApplyContext,
  rules: readonly ProxySpec[],
  configHash: string,
  targets: Required<PlanTargets>,
  { proxies }: Pick<LiveScope, 'proxies'>,
): Promise<LiveState> => {
  const certificateFiles = [...targets.certificates.keys()];
  const live = await readLiveState(dataPlane.haproxy, paths, { proxies, certificateFiles });
  requireNoStepsLeft(rules, configHash, live, targets);
  return live;
};

/** @throws RouterError `ROUTER_NOT_IN_FORCE` with the steps that are left. */
const requireNoStepsLeft = (
  rules: readonly ProxySpec[],
  configHash: string,
  live: LiveState,
  targets: PlanTargets,
): void => {
  const left = planSteps(rules, configHash, live, targets);
  if (left.length === 0) return;
  throw new RouterError(
    'ROUTER_NOT_IN_FORCE',
    `HAProxy took the change, but still lacks: ${describePlan(left).trim()}`,
  );
};
