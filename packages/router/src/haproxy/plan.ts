import type { RuleLayout, ServerLayout } from './layout.ts';
import type { LiveProxy, LiveServer } from './live.ts';

/** One step from what HAProxy runs to what it is to run. `rule` is the rule's id, for people; `proxy` its name in HAProxy. */
export type Step =
  | { do: 'start' }
  | { do: 'reload' }
  | { do: 'add'; rule: string; proxy: string; server: ServerLayout }
  | { do: 'readdress'; rule: string; proxy: string; server: ServerLayout }
  | { do: 'weigh'; rule: string; proxy: string; server: ServerLayout }
  | { do: 'ready'; rule: string; proxy: string; server: ServerLayout }
  | { do: 'leave'; rule: string; proxy: string; server: string }
  | { do: 'stick'; rule: string; proxy: string; to: 'source' | 'none' };

const serverSteps = (layout: RuleLayout, wanted: ServerLayout, live: LiveServer | undefined): Step[] => {
  const at = { rule: layout.id, proxy: layout.proxy, server: wanted };
  if (!live) return [{ do: 'add', ...at }];
  const steps: Step[] = [];
  if (live.ip !== wanted.ip || live.port !== wanted.port) steps.push({ do: 'readdress', ...at });
  if (live.weight !== wanted.weight) steps.push({ do: 'weigh', ...at });
  if (live.maintenance) steps.push({ do: 'ready', ...at });
  return steps;
};

const ruleSteps = (layout: RuleLayout, live: LiveProxy): Step[] => {
  const { id: rule, proxy } = layout;
  const servers = live.servers.get(proxy) ?? new Map<string, LiveServer>();
  const wanted = new Set(layout.servers.map(({ name }) => name));
  const steps = layout.servers.flatMap((server) => serverSteps(layout, server, servers.get(server.name)));
  for (const [server, { maintenance }] of servers) {
    if (!wanted.has(server) && !maintenance) steps.push({ do: 'leave', rule, proxy, server });
  }
  if (live.stick.get(proxy) !== layout.stick) steps.push({ do: 'stick', rule, proxy, to: layout.stick });
  return steps;
};

/**
 * The steps from `live` to `rules`. Pure. What only a reload can change is in the skeleton's `mark`: when it differs,
 * one reload brings everything, since the files say everything; otherwise each difference is a runtime command.
 *
 * @param live undefined when HAProxy is not running.
 */
export function planSteps(rules: readonly RuleLayout[], mark: string, live: LiveProxy | undefined): Step[] {
  if (!live) return [{ do: 'start' }];
  if (live.mark !== mark) return [{ do: 'reload' }];
  return rules.flatMap((layout) => ruleSteps(layout, live));
}

const describe = (step: Step): string => {
  switch (step.do) {
    case 'start':
      return 'start HAProxy';
    case 'reload':
      return 'reload HAProxy: what changed is fixed when it reads its configuration';
    case 'add':
      return `${step.rule}: add server ${step.server.name} ${step.server.ip}:${step.server.port} id ${step.server.id} weight ${step.server.weight}`;
    case 'readdress':
      return `${step.rule}: server ${step.server.name} moves to ${step.server.ip}:${step.server.port}`;
    case 'weigh':
      return `${step.rule}: server ${step.server.name} ${step.server.weight === 0 ? 'drains' : 'serves'}`;
    case 'ready':
      return `${step.rule}: server ${step.server.name} leaves maintenance`;
    case 'leave':
      return `${step.rule}: server ${step.server} takes no more connections`;
    case 'stick':
      return `${step.rule}: stickiness ${step.to}`;
  }
};

/** A plan as people read it, a line a step. */
export const describePlan = (steps: readonly Step[]): string => steps.map((step) => `${describe(step)}\n`).join('');
