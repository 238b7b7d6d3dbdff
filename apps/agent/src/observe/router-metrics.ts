import type { RuleStatus } from '@limpet/contract';
import type { ShowInfo } from '@limpet/haproxy';
import { conditionOf, isInForce } from '@limpet/operations';
import { type MemberHealth, type RouterActivity, type RuleCounters, ruleId } from '@limpet/router';
import { Counter, Gauge, type Registry } from 'prom-client';

/** What is read when metrics are asked for. */
export interface RouterNow {
  statuses: readonly RuleStatus[];
  /** The highest generation that was ever used. */
  generation: number;
  counters: readonly RuleCounters[];
  activity: RouterActivity;
  /** By rule id. */
  members: ReadonlyMap<string, MemberHealth>;
  /** What HAProxy tells of its worker; undefined when it does not run, or does not answer. */
  haproxy: ShowInfo | undefined;
  ready: boolean;
}

const conditionTypes = ['Accepted', 'Programmed', 'InForce'] as const;
const conditionStatuses = ['True', 'False', 'Unknown'] as const;
const traffic = {
  connections: ['limpet_rule_connections_total', 'Connections to a rule, over all reloads.'],
  sessions: ['limpet_rule_sessions_total', 'Connections to a rule that got a session, over all reloads.'],
  requests: ['limpet_rule_requests_total', 'HTTP requests to a rule, over all reloads.'],
  bytesIn: ['limpet_rule_received_bytes_total', 'Bytes from clients of a rule, over all reloads.'],
  bytesOut: ['limpet_rule_sent_bytes_total', 'Bytes to clients of a rule, over all reloads.'],
} as const;
const memberStates = ['up', 'down', 'draining', 'maintenance'] as const;

/** How the router is, as metrics; read anew each time. */
export class RouterMetrics {
  readonly #gauges: Record<
    'desired' | 'observed' | 'ready' | 'haproxyUp' | 'connections' | 'connectionLimit' | 'uptime',
    Gauge
  >;
  readonly #rules: Gauge<'condition' | 'status'>;
  readonly #notInForce: Gauge<'reason'>;
  readonly #members: Gauge<'rule' | 'state'>;
  readonly #reloads: Counter<'cause'>;
  readonly #activity: Record<'starts' | 'runtimeOps' | 'drifted' | 'failedProbes', Counter>;
  readonly #traffic: Record<keyof typeof traffic, Counter<'rule'>>;

  constructor(registry: Registry) {
    const registers = [registry];
    const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
    const counter = (name: string, help: string) => new Counter({ name, help, registers });
    const perRule = ([name, help]: readonly [string, string]) =>
      new Counter({ name, help, labelNames: ['rule'], registers });
    this.#gauges = {
      desired: gauge('limpet_generation_desired', 'The highest generation that was ever desired.'),
      observed: gauge('limpet_generation_observed', 'The highest generation that was seen to be in force.'),
      ready: gauge('limpet_ready', 'Whether the agent can do its work; /readyz says why not.'),
      haproxyUp: gauge('limpet_haproxy_up', 'Whether HAProxy runs and answers; without rules it does not run.'),
      connections: gauge('limpet_haproxy_connections', 'Connections that the current worker has.'),
      connectionLimit: gauge('limpet_haproxy_connections_limit', 'Connections that a worker accepts (maxConnections).'),
      uptime: gauge('limpet_haproxy_worker_uptime_seconds', 'Time since the current worker began: the last reload.'),
    };
    this.#rules = new Gauge({
      name: 'limpet_rules',
      help: 'Rules by the status of each condition.',
      labelNames: ['condition', 'status'],
      registers,
    });
    this.#notInForce = new Gauge({
      name: 'limpet_rules_not_in_force',
      help: 'Rules that are not in force, by the reason of the first condition that is not True.',
      labelNames: ['reason'],
      registers,
    });
    this.#members = new Gauge({
      name: 'limpet_rule_members',
      help: 'Members of a rule, by how they are.',
      labelNames: ['rule', 'state'],
      registers,
    });
    this.#reloads = new Counter({
      name: 'limpet_haproxy_reloads_total',
      help: 'Reloads of HAProxy, by what needed them.',
      labelNames: ['cause'],
      registers,
    });
    this.#activity = {
      starts: counter('limpet_haproxy_starts_total', 'Starts of HAProxy, which did not run.'),
      runtimeOps: counter('limpet_haproxy_runtime_changes_total', 'Changes of HAProxy without a reload.'),
      drifted: counter('limpet_drift_total', 'How often a rule was found as another program had changed it.'),
      failedProbes: counter('limpet_probe_failures_total', 'Changes whose probes did not see what the rule demands.'),
    };
    this.#traffic = {
      connections: perRule(traffic.connections),
      sessions: perRule(traffic.sessions),
      requests: perRule(traffic.requests),
      bytesIn: perRule(traffic.bytesIn),
      bytesOut: perRule(traffic.bytesOut),
    };
  }

  /** Takes over how the router is now. */
  set({ statuses, generation, counters, activity, members, haproxy, ready }: RouterNow): void {
    const { fields } = haproxy ?? { fields: {} as Record<string, string> };
    this.#gauges.desired.set(generation);
    this.#gauges.observed.set(Math.max(0, ...statuses.map(({ observedGeneration }) => observedGeneration)));
    this.#gauges.ready.set(ready ? 1 : 0);
    this.#gauges.haproxyUp.set(haproxy ? 1 : 0);
    this.#gauges.connections.set(Number(fields.CurrConns ?? 0));
    this.#gauges.connectionLimit.set(Number(fields.Maxconn ?? 0));
    this.#gauges.uptime.set(haproxy?.uptime ?? 0);
    this.#setConditions(statuses);
    this.#members.reset();
    for (const [rule, health] of members) {
      for (const state of memberStates) this.#members.set({ rule, state }, health[state].length);
    }
    for (const [cause, count] of Object.entries(activity.reloads)) setCount(this.#reloads, count, { cause });
    const { starts, runtimeOps, drifted, failedProbes } = activity;
    const counts = { starts, runtimeOps, drifted, failedProbes };
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) setCount(this.#activity[name], counts[name]);
    for (const name of Object.keys(traffic) as (keyof typeof traffic)[]) {
      this.#traffic[name].reset();
      for (const counted of counters) this.#traffic[name].inc({ rule: ruleId(counted.key) }, counted[name]);
    }
  }

  #setConditions(statuses: readonly RuleStatus[]): void {
    for (const condition of conditionTypes) {
      for (const status of conditionStatuses) {
        const has = (rule: RuleStatus): boolean => (conditionOf(rule, condition)?.status ?? 'Unknown') === status;
        this.#rules.set({ condition, status }, statuses.filter(has).length);
      }
    }
    this.#notInForce.reset();
    for (const status of statuses.filter((each) => !isInForce(each))) {
      const reason = status.conditions.find(({ status: said }) => said !== 'True')?.reason ?? 'Unknown';
      this.#notInForce.inc({ reason });
    }
  }
}

/** What is counted elsewhere. */
function setCount(counter: Counter<string>, count: number, labels: Record<string, string> = {}): void {
  counter.remove(labels);
  counter.inc(labels, count);
}
