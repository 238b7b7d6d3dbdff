import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { RouterMetrics, type RouterNow } from './router-metrics.ts';

/** Metrics for Prometheus. Labels name rules, never VMs: those come and go with each scaling. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #router: RouterMetrics;
  readonly #inForce: Histogram;
  readonly #commands: Counter<'command' | 'outcome'>;
  readonly #refusedInputs: Counter;
  readonly #unauthorized: Counter;
  readonly #violations: Counter;

  constructor() {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    // Gauges that are called _total, which promtool refuses; each has a twin by kind.
    for (const kind of ['handles', 'requests', 'resources']) {
      this.#registry.removeSingleMetric(`nodejs_active_${kind}_total`);
    }
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
    this.#violations = counter('limpet_model_violations_total', 'Steps of the router that the model does not allow.');
    this.#router = new RouterMetrics(this.#registry);
  }

  /** A command was answered. */
  settled(command: string, outcome: string, seconds: number): void {
    this.#commands.inc({ command, outcome });
    if (outcome === 'applied') this.#inForce.observe(seconds);
  }

  /** The router has done what the model does not allow. */
  modelViolated(): void {
    this.#violations.inc();
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
  text(now: RouterNow): Promise<string> {
    this.#router.set(now);
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
