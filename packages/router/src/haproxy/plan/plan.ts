import type { Certificates } from '../config/certificates.ts';
import type { ProxySpec, ServerSpec } from '../config/proxy-spec.ts';
import { serverOptions } from '../config/server-options.ts';
import type { LiveServer, LiveState } from '../runtime/live-state.ts';

/** Where a step is: `rule` is the rule's id, for people; `proxy` its name in HAProxy. */
interface At {
  rule: string;
  proxy: string;
}

/** What a dynamic server is made of, besides its own values. */
interface Newcomer {
  options: readonly (string | number)[];
  /** Its cookie's value has to be computed. */
  cookie: boolean;
}

/** One step from what HAProxy runs to what it is to run. */
export type Step =
  | { do: 'start' }
  | { do: 'reload'; reason: string }
  | ({ do: 'add-server'; server: ServerSpec } & Newcomer & At)
  | ({ do: 'set-addr' | 'set-weight' | 'enable-health' | 'set-ready' | 'set-maint'; server: ServerSpec } & At)
  | ({ do: 'retire-server'; server: string } & At)
  /** `by`: the map has an entry for the rule, or, when somebody has taken it out, it has none. */
  | ({ do: 'set-map'; to: 'source' | 'none'; by: 'set' | 'add' } & At)
  | ({ do: 'set-maxconn'; to: number } & At)
  | ({ do: 'enable-frontend' } & At)
  | ({ do: 'update-certificate'; file: string; pem: string } & At);

/** What the rules are to have that is not in them. */
export interface Aims {
  /** The router's limit, for rules that have none of their own; undefined: not compared. */
  maxConnections?: number;
  /** Certificates as their files have them; the ones that are not here are not compared. */
  certificates?: Certificates;
}

/** A payload of HAProxy's CLI has to fit into its request buffer (tune.bufsize, 16 KB). */
const longestPayload = 15_000;

const serverSteps = (spec: ProxySpec, wanted: ServerSpec, live: LiveServer | undefined): Step[] => {
  const at = { rule: spec.id, proxy: spec.proxy, server: wanted };
  if (!live) {
    const cookie = spec.rule.stickiness.method === 'LbCookie';
    return [{ do: 'add-server', ...at, options: serverOptions(spec.rule), cookie }];
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
  aims: Aims,
): Step[] => {
  const wanted = file === undefined ? undefined : aims.certificates?.get(file);
  const sha1 = file === undefined ? undefined : live.certificates.get(file);
  if (file === undefined || !wanted?.ok || sha1 === undefined || sha1 === wanted.sha1) return [];
  return wanted.pem.length > longestPayload
    ? [{ do: 'reload', reason: `the certificate of ${rule} is too long for its CLI` }]
    : [{ do: 'update-certificate', rule, proxy, file, pem: wanted.pem }];
};

/** Whoever shuts a frontend down closes its sockets: only a new worker has them again. */
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

const ruleSteps = (spec: ProxySpec, live: LiveState, aims: Aims): Step[] => {
  const { id: rule, proxy } = spec;
  const servers = live.servers.get(proxy) ?? new Map<string, LiveServer>();
  const wanted = new Set(spec.servers.map(({ name }) => name));
  const steps = spec.servers.flatMap((server) => serverSteps(spec, server, servers.get(server.name)));
  for (const [server, { maintenance }] of servers) {
    if (!wanted.has(server) && !maintenance) steps.push({ do: 'retire-server', rule, proxy, server });
  }
  // AppCookie asks no map, and without a rule that does HAProxy has none.
  const asks = spec.rule.stickiness.method !== 'AppCookie';
  const entry = live.stick.get(proxy);
  if (asks && entry !== spec.stick) {
    steps.push({ do: 'set-map', rule, proxy, to: spec.stick, by: entry === undefined ? 'add' : 'set' });
  }
  const limit = spec.rule.maxConnections ?? aims.maxConnections;
  if (limit !== undefined && live.maxConnections.get(proxy) !== limit) {
    steps.push({ do: 'set-maxconn', rule, proxy, to: limit });
  }
  return [...steps, ...certificateSteps(spec, live, aims), ...frontendSteps(spec, live)];
};

/**
 * The steps from `live` to `rules`. Pure. What only a reload can change is in the skeleton's `mark`: when it differs,
 * one reload brings everything, since the files say everything; otherwise each difference is a runtime command.
 *
 * @param live undefined when HAProxy is not running.
 */
export function planSteps(
  rules: readonly ProxySpec[],
  configHash: string,
  live: LiveState | undefined,
  aims: Aims = {},
): Step[] {
  if (!live) return [{ do: 'start' }];
  if (live.configHash !== configHash)
    return [{ do: 'reload', reason: 'what changed is fixed when it reads its configuration' }];
  // Two rules may have one certificate, which HAProxy holds once.
  const files = new Set<string>();
  const steps = rules
    .flatMap((spec) => ruleSteps(spec, live, aims))
    .filter((step) => step.do !== 'update-certificate' || files.size < files.add(step.file).size);
  const reload = steps.find((step) => step.do === 'reload');
  return reload ? [reload] : steps;
}

const weightOf = ({ weight }: ServerSpec): string => (weight === 0 ? 'drains' : `serves with weight ${weight}`);

/** A step of a rule as people read it, without the rule. */
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

/** A plan as people read it, a line a step. */
export const describePlan = (steps: readonly Step[]): string => steps.map((step) => `${describe(step)}\n`).join('');
