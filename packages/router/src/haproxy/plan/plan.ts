import type { Capabilities } from '@limpet/haproxy';
import type { Certificates } from '../config/certificates.ts';
import { defaultHaproxy } from '../config/default-haproxy.ts';
import type { ProxySpec, ServerSpec } from '../config/proxy-spec.ts';
import { cookieWords, serverOptions } from '../config/server-options.ts';
import type { LiveServer, LiveState } from '../runtime/live-state.ts';
import { serverReload } from './server-reload.ts';

/** The rule of a step: `rule` is its id, `proxy` its name in HAProxy. */
interface OfRule {
  rule: string;
  proxy: string;
}

/** One step from HAProxy's live state to the desired one. */
export type Step =
  | { do: 'start' }
  | { do: 'reload'; reason: string }
  /** `options` are what `add server` needs beside the server's own values. */
  | ({ do: 'add-server'; server: ServerSpec; options: readonly (string | number)[] } & OfRule)
  | ({ do: 'set-addr' | 'set-weight' | 'enable-health' | 'set-ready' | 'set-maint'; server: ServerSpec } & OfRule)
  | ({ do: 'retire-server'; server: string } & OfRule)
  /** `by` is the command: `set` when the map has an entry for the rule, `add` when it has none. */
  | ({ do: 'set-map'; to: 'source' | 'none'; by: 'set' | 'add' } & OfRule)
  | ({ do: 'set-maxconn'; to: number } & OfRule)
  | ({ do: 'enable-frontend' } & OfRule)
  | ({ do: 'update-certificate'; file: string; pem: string } & OfRule);

/** What a plan aims at beside the rules. */
export interface PlanTargets {
  /** The router's limit of connections, for rules without one; undefined: their limits are not compared. */
  maxConnections?: number;
  /** Certificates as their files have them now; others are not compared. */
  certificates?: Certificates;
  /** What HAProxy can do at run time. */
  haproxy?: Capabilities;
}

/** Characters: a payload has to fit into the request buffer of HAProxy's CLI (tune.bufsize, 16 KB). */
const longestPayload = 15_000;

const serverSteps = (spec: ProxySpec, wanted: ServerSpec, live: LiveServer | undefined): Step[] => {
  const at = { rule: spec.id, proxy: spec.proxy, server: wanted };
  if (!live) {
    return [{ do: 'add-server', ...at, options: [...serverOptions(spec.rule), ...cookieWords(spec.rule, wanted)] }];
  }
  if (live.id !== wanted.id) {
    return [{ do: 'reload', reason: `server ${wanted.name} of ${spec.id} has id ${live.id}, not ${wanted.id}` }];
  }
  const steps: Step[] = [];
  if (wanted.maintenance && !live.maintenance) steps.push({ do: 'set-maint', ...at });
  if (live.ip !== wanted.ip || live.port !== wanted.port) steps.push({ do: 'set-addr', ...at });
  if (live.weight !== wanted.weight) steps.push({ do: 'set-weight', ...at });
  if (!live.checking) steps.push({ do: 'enable-health', ...at });
  if (live.maintenance && !wanted.maintenance) steps.push({ do: 'set-ready', ...at });
  return steps;
};

const certificateSteps = (
  { id: rule, proxy, rule: { certificate: file } }: ProxySpec,
  live: LiveState,
  targets: PlanTargets,
): Step[] => {
  const wanted = file === undefined ? undefined : targets.certificates?.get(file);
  const sha1 = file === undefined ? undefined : live.certificates.get(file);
  if (file === undefined || !wanted?.ok || sha1 === undefined || sha1 === wanted.sha1) return [];
  return wanted.pem.length > longestPayload
    ? [{ do: 'reload', reason: `the certificate of ${rule} is too long for its CLI` }]
    : [{ do: 'update-certificate', rule, proxy, file, pem: wanted.pem }];
};

/** `shutdown frontend` closes the sockets: only a new worker opens them again. */
const frontendSteps = ({ id: rule, proxy }: ProxySpec, live: LiveState): Step[] => {
  switch (live.frontends.get(proxy)) {
    case 'PAUSED':
      return [{ do: 'enable-frontend', rule, proxy }];
    case 'STOP':
      return [{ do: 'reload', reason: `the frontend of ${rule} was shut down` }];
    default:
      return [];
  }
};

/**
 * HAProxy deadlocks when the limit of a full frontend is raised, and its watchdog then ends the worker with all
 * connections (haproxy#2726, seen with 2.6.12): such a frontend is reloaded.
 */
const limitSteps = (
  { id: rule, proxy, rule: { maxConnections } }: ProxySpec,
  live: LiveState,
  targets: PlanTargets,
): Step[] => {
  const limit = maxConnections ?? targets.maxConnections;
  const current = live.maxConnections.get(proxy);
  if (limit === undefined || current === limit) return [];
  return live.full.has(proxy) && limit > (current ?? 0)
    ? [
        {
          do: 'reload',
          reason: `the frontend of ${rule} is full, and HAProxy would hang if its limit were raised (haproxy#2726)`,
        },
      ]
    : [{ do: 'set-maxconn', rule, proxy, to: limit }];
};

const byName = (one: LiveServer, other: LiveServer): number =>
  one.name < other.name ? -1 : one.name > other.name ? 1 : 0;

const ruleSteps = (spec: ProxySpec, live: LiveState, targets: PlanTargets): Step[] => {
  const { id: rule, proxy } = spec;
  const servers = live.servers.get(proxy) ?? new Map<string, LiveServer>();
  const reload = serverReload(spec, servers, targets.haproxy ?? defaultHaproxy);
  if (reload !== undefined) return [{ do: 'reload', reason: reload }];
  const wanted = new Set(spec.servers.map(({ name }) => name));
  const steps = spec.servers.flatMap((server) => serverSteps(spec, server, servers.get(server.name)));
  // HAProxy lists servers as they came; by name, a plan is the same text whoever makes it.
  const leaving = [...servers.values()].filter(({ name, maintenance }) => !wanted.has(name) && !maintenance);
  for (const { name: server } of leaving.sort(byName)) steps.push({ do: 'retire-server', rule, proxy, server });
  // AppCookie rules do not use the map; without a rule that does, HAProxy does not load it.
  const usesMap = spec.rule.stickiness.method !== 'AppCookie';
  const entry = live.stick.get(proxy);
  if (usesMap && entry !== spec.stick) {
    steps.push({ do: 'set-map', rule, proxy, to: spec.stick, by: entry === undefined ? 'add' : 'set' });
  }
  return [
    ...steps,
    ...limitSteps(spec, live, targets),
    ...certificateSteps(spec, live, targets),
    ...frontendSteps(spec, live),
  ];
};

/**
 * The steps from `live` to `rules`. Pure. The config hash covers all that only a reload can change. When it differs,
 * one reload brings every change, since the files hold the whole configuration; otherwise each difference is a runtime
 * command.
 *
 * @param live undefined when HAProxy is not running.
 */
export function planSteps(
  rules: readonly ProxySpec[],
  configHash: string,
  live: LiveState | undefined,
  targets: PlanTargets = {},
): Step[] {
  if (!live) return [{ do: 'start' }];
  if (live.configHash !== configHash)
    return [{ do: 'reload', reason: 'what changed is fixed when it reads its configuration' }];
  // Two rules may share a certificate, which HAProxy holds once.
  const files = new Set<string>();
  const steps = rules
    .flatMap((spec) => ruleSteps(spec, live, targets))
    .filter((step) => step.do !== 'update-certificate' || files.size < files.add(step.file).size);
  const reload = steps.find((step) => step.do === 'reload');
  return reload ? [reload] : steps;
}

const weightOf = ({ weight }: ServerSpec): string => (weight === 0 ? 'drains' : `serves with weight ${weight}`);

/** A step in words, without its rule. */
export function describeStep(step: Step): string {
  switch (step.do) {
    case 'start':
      return 'start HAProxy';
    case 'reload':
      return `reload HAProxy: ${step.reason}`;
    case 'add-server': {
      const { name, ip, port, id, weight, maintenance } = step.server;
      return `add server ${name} ${ip}:${port} id ${id} weight ${weight}${maintenance ? ', in maintenance' : ''}`;
    }
    case 'set-addr':
      return `server ${step.server.name} moves to ${step.server.ip}:${step.server.port}`;
    case 'set-weight':
      return `server ${step.server.name} ${weightOf(step.server)}`;
    case 'enable-health':
      return `server ${step.server.name} is checked`;
    case 'set-ready':
      return `server ${step.server.name} leaves maintenance`;
    case 'set-maint':
      return `server ${step.server.name} goes into maintenance`;
    case 'retire-server':
      return `server ${step.server} takes no more connections`;
    case 'set-map':
      return `stickiness ${step.to}`;
    case 'set-maxconn':
      return `at most ${step.to} connections`;
    case 'enable-frontend':
      return 'takes clients again';
    case 'update-certificate':
      return `certificate ${step.file} is read again`;
  }
}

const describe = (step: Step): string => ('rule' in step ? `${step.rule}: ${describeStep(step)}` : describeStep(step));

/** A plan in words, one line for each step. */
export const describePlan = (steps: readonly Step[]): string => steps.map((step) => `${describe(step)}\n`).join('');
