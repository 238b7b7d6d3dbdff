/**
 * What a router does to HAProxy, read at its port: the kinds of step of its plan, without a look at the plan.
 *
 * @module
 */
import { changingCommands, type DataPlane, interceptCalls, type PortCall } from '@limpet/data-plane';

/** Kinds of step from HAProxy's state to the desired one. All but the first two are commands of the Runtime API. */
export const STEP_KINDS = [
  'start',
  'reload',
  'add-server',
  'set-addr',
  'set-weight',
  'enable-health',
  'set-ready',
  'set-maint',
  'set-map',
  'set-maxconn',
  'enable-frontend',
  'update-certificate',
] as const;
/** A kind of step. A member that leaves goes through `set-maint`, as one in maintenance does. */
export type StepKind = (typeof STEP_KINDS)[number];

/** Whether a step changes HAProxy while it runs: all others make it read its files. */
const isAtRuntime = (kind: StepKind): boolean => kind !== 'start' && kind !== 'reload';

/** How often each kind is among the steps. */
export function countSteps(steps: readonly StepKind[]): Record<StepKind, number> {
  const counts = Object.fromEntries(STEP_KINDS.map((kind) => [kind, 0])) as Record<StepKind, number>;
  for (const kind of steps) counts[kind] += 1;
  return counts;
}

/** Share of the steps that are taken at run time, from 0 to 1; 0 of none. */
export const shareAtRuntime = (steps: readonly StepKind[]): number =>
  steps.length === 0 ? 0 : steps.filter(isAtRuntime).length / steps.length;

const COMMANDS: readonly (readonly [RegExp, StepKind])[] = [
  [/^add server (\S+)/, 'add-server'],
  [/^set server (\S+) addr /, 'set-addr'],
  [/^set server (\S+) weight /, 'set-weight'],
  [/^enable health (\S+)/, 'enable-health'],
  [/^set server (\S+) state ready/, 'set-ready'],
  [/^set server (\S+) state maint/, 'set-maint'],
  [/^(?:set|add) map \S+ (\d+_\S+) /, 'set-map'],
  [/^set maxconn frontend (\S+)/, 'set-maxconn'],
  [/^enable frontend (\S+)/, 'enable-frontend'],
  [/^commit ssl cert (\S+)/, 'update-certificate'],
];

/** Milliseconds. All other waits of a router are shorter where clients get no time to leave. */
const SHORTEST_RETRY = 100;

/** Collects the steps of a router. */
export class StepsSeen {
  #steps: StepKind[] = [];
  #tries = 0;

  /** A data plane whose calls are noted. */
  watch(dataPlane: DataPlane): DataPlane {
    return interceptCalls(dataPlane, (call, proceed) => {
      if (call.port === 'clock' && (call.args[0] as number) >= SHORTEST_RETRY) this.#tries += 1;
      this.#note(call);
      return proceed();
    });
  }

  /** The steps since the last call, in order. */
  take(): StepKind[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  /** How often the router has waited to try again, since the last call. */
  takeTries(): number {
    const tries = this.#tries;
    this.#tries = 0;
    return tries;
  }

  #note(call: PortCall): void {
    if (call.port !== 'haproxy') return;
    if (call.method === 'start') this.#steps.push('start');
    else if (call.method === 'signalReload') this.#steps.push('reload');
    else if (call.method === 'runtime') this.#steps.push(...stepsOf(changingCommands(call)));
  }
}

/** The steps of one conversation. What else is done to a server that it adds belongs to the addition. */
function stepsOf(commands: readonly string[]): StepKind[] {
  const added = new Set<string>();
  return commands.flatMap((command) => {
    for (const [pattern, kind] of COMMANDS) {
      const of = pattern.exec(command)?.[1];
      if (of === undefined) continue;
      if (added.has(of)) return [];
      if (kind === 'add-server') added.add(of);
      return [kind];
    }
    return [];
  });
}
