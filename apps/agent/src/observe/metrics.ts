import type { RuleStatus } from '@limpet/contract';
import { conditionOf } from '@limpet/operations';
import { type RuleCounters, ruleId } from '@limpet/router';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What is read when metrics are asked for. */
export interface MetricsNow {
  statuses: readonly RuleStatus[];
  /** The highest generation that was ever used. */
  generation: number;
  counters: readonly RuleCounters[];
  stats: { reloads: number; runtimeOps: number };
  ready: boolean;
}

const conditionTypes = ['Accepted', 'Programmed', 'InForce'] as const;
const conditionStatuses = ['True', 'False', 'Unknown'] as const;
const traffic = {
  connections: 'limpet_rule_connections_total',
  requests: 'limpet_rule_requests_total',
  bytesIn: 'limpet_rule_received_bytes_total',
  bytesOut: 'limpet_rule_sent_bytes_total',
} as const;

/** Metrics for Prometheus. Labels name rules, never VMs: those come and go with each scaling. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #inForce: Histogram;
  readonly #commands: Counter<'command' | 'outcome'>;
  readonly #refusedInputs: Counter;
  readonly #unauthorized: Counter;
  readonly #gauges: Record<'desired' | 'observed' | 'ready', Gauge>;
  readonly #rules: Gauge<'condition' | 'status'>;
  readonly #reloads: Counter;
  readonly #runtimeOps: Counter;
  readonly #traffic: Record<keyof typeof traffic, Counter<'rule'>>;

  constructor() {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    // Gauges that are called _total, which promtool refuses; each has a twin by kind.
    for (const kind of ['handles', 'requests', 'resources']) {
      this.#registry.removeSingleMetric(`nodejs_active_${kind}_total`);
    }
    const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
    const counter = (name: string, help: string) => new Counter({ name, help, registers });
    this.#inForce = new Histogram({
      name: 'limpet_in_force_seconds',
      help: 'Time from the acceptance of a change to the proof that it is in force.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    });
    this.#commands = new Counter({
      name: 'limpet_commands_total',
      help: 'Commands that were answered, by their outcome.',
      labelNames: ['command', 'outcome'],
      registers,
    });
    this.#refusedInputs = counter('limpet_input_refusals_total', 'How often what the input says could not be applied.');
    this.#unauthorized = counter(
      'limpet_unauthorized_requests_total',
      'Requests over TCP without the right credentials.',
    );
    this.#gauges = {
      desired: gauge('limpet_generation_desired', 'The highest generation that was ever desired.'),
      observed: gauge('limpet_generation_observed', 'The highest generation that was seen to be in force.'),
      ready: gauge('limpet_ready', 'Whether the agent can do its work; /readyz says why not.'),
    };
    this.#rules = new Gauge({
      name: 'limpet_rules',
      help: 'Rules by the status of each condition.',
      labelNames: ['condition', 'status'],
      registers,
    });
    this.#reloads = counter('limpet_haproxy_reloads_total', 'Reloads and starts of HAProxy.');
    this.#runtimeOps = counter('limpet_haproxy_runtime_changes_total', 'Changes of HAProxy without a reload.');
    const perRule = (name: string, help: string) => new Counter({ name, help, labelNames: ['rule'], registers });
    this.#traffic = {
      connections: perRule(traffic.connections, 'Connections to a rule, over all reloads.'),
      requests: perRule(traffic.requests, 'HTTP requests to a rule, over all reloads.'),
      bytesIn: perRule(traffic.bytesIn, 'Bytes from clients of a rule, over all reloads.'),
      bytesOut: perRule(traffic.bytesOut, 'Bytes to clients of a rule, over all reloads.'),
    };
  }

  /** A command was answered. */
  settled(command: string, outcome: string, seconds: number): void {
    this.#commands.inc({ command, outcome });
    if (outcome === 'applied') this.#inForce.observe(seconds);
  }

  /** A client over TCP had no credentials, or others. */
  unauthorized(): void {
    this.#unauthorized.inc();
  }

  /** What the input says could not be applied. */
  inputRefused(): void {
    this.#refusedInputs.inc();
  }

  /** The text that Prometheus reads. */
  async text({ statuses, generation, counters, stats, ready }: MetricsNow): Promise<string> {
    this.#gauges.desired.set(generation);
    this.#gauges.observed.set(Math.max(0, ...statuses.map(({ observedGeneration }) => observedGeneration)));
    this.#gauges.ready.set(ready ? 1 : 0);
    for (const condition of conditionTypes) {
      for (const status of conditionStatuses) {
        const has = (rule: RuleStatus): boolean => (conditionOf(rule, condition)?.status ?? 'Unknown') === status;
        this.#rules.set({ condition, status }, statuses.filter(has).length);
      }
    }
    set(this.#reloads, stats.reloads);
    set(this.#runtimeOps, stats.runtimeOps);
    for (const name of Object.keys(traffic) as (keyof typeof traffic)[]) {
      this.#traffic[name].reset();
      for (const counted of counters) this.#traffic[name].inc({ rule: ruleId(counted.key) }, counted[name]);
    }
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}

/** What is counted elsewhere. */
function set(counter: Counter, value: number): void {
  counter.reset();
  counter.inc(value);
}
