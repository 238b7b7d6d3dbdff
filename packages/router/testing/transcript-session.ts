import type { CommandResult, RuleRecord, SyncRules } from '@limpet/contract';
import { createMemoryDataPlane, type MemoryDataPlane } from '@limpet/data-plane';
import { defaultSettings, type RouterSettings } from '../src/haproxy/config/settings.ts';
import { createHaproxyRouter, type HaproxyRouter } from '../src/haproxy/router.ts';
import { member } from './rules.ts';
import { TranscriptClock } from './transcript-clock.ts';
import { TranscriptOutput } from './transcript-output.ts';
import { type PortsListener, recordedPorts, type TranscriptFaults } from './transcript-ports.ts';

/** A command is given up after that much virtual time. */
const patienceMs = 60_000;

/** The process of one router. */
interface Life {
  alive: boolean;
  /** The process dies when it is about to do what begins with this text. */
  dieBefore?: string;
}

/** A command that was sent. */
interface Answer {
  command: string;
  settled: boolean;
}

/** A router on a host in memory, as a transcript drives it. */
export class TranscriptSession {
  readonly clock = new TranscriptClock();
  readonly output = new TranscriptOutput(this.clock);
  readonly host: MemoryDataPlane;
  readonly faults: TranscriptFaults = { rejectedText: undefined, reload: false, iptables: false };
  /** By rule id, what was last put; `sync` sends these. */
  readonly rules = new Map<string, { rule: RuleRecord; generation: number }>();
  /** Connections that clients hold, by id. */
  readonly held = new Map<number, { client: string; vm: string }>();
  settings: Partial<RouterSettings> = {};
  #life: Life = { alive: false };
  #router: HaproxyRouter | undefined;
  /** Commands without an answer. */
  #open: Answer[] = [];

  constructor() {
    this.host = createMemoryDataPlane({ localAddresses: ['10.0.53.2'], clock: this.clock });
  }

  async startVms(): Promise<void> {
    await this.host.vms.start(['vm1', 'vm2', 'vm3', 'vm4'].map((vm) => member(vm)));
  }

  /** The router, which is opened when it is asked for first. */
  async router(): Promise<HaproxyRouter> {
    if (!this.#router) await this.restart();
    return this.#router!;
  }

  /** Sends a command; its answer is printed when it comes, with the command when that is in the background. */
  async send(
    command: string,
    ask: (router: HaproxyRouter) => Promise<CommandResult>,
    background: boolean,
  ): Promise<Answer> {
    const router = await this.router();
    const life = this.#life;
    const answer = { command, settled: false };
    const of = background ? `: ${command}` : '';
    this.#open.push(answer);
    const settle = (print: () => void): void => {
      if (!life.alive) return;
      answer.settled = true;
      this.#open = this.#open.filter((each) => each !== answer);
      print();
    };
    ask(router).then(
      ({ outcome, rules }) =>
        settle(() => {
          this.output.printConditions(rules);
          this.output.print(`${outcome}${of}`);
        }),
      (error: Error) => settle(() => this.output.print(`${error.message}${of}`)),
    );
    return answer;
  }

  /** Lets time pass until these are answered, or all that are open. */
  async wait(answers: readonly Answer[] = this.#open): Promise<void> {
    await this.clock.run(patienceMs, () => !this.#life.alive || answers.every(({ settled }) => settled));
    for (const { command, settled } of answers) if (!settled) this.output.print(`no answer: ${command}`);
  }

  /** Does what needs no time, and prints the conditions as they are then. */
  async rest(): Promise<void> {
    await this.clock.run(0);
    if (this.#life.alive) await this.printReport();
  }

  /** Prints the conditions that have changed. Resolves to the number of rules that there are. */
  async printReport(): Promise<number> {
    const report = await this.#router!.reportRules({ type: 'reportRules' });
    this.output.printReport(report);
    return report.rules.length;
  }

  /** The router's process dies, at once or when it is about to do what begins with `before`. */
  crash(before?: string): void {
    if (before === undefined) this.#die(this.#life);
    else this.#life.dieBefore = before;
  }

  /** Opens a router on the same host, as after a crash. */
  async restart(): Promise<void> {
    this.#life.alive = false;
    this.#life = { alive: true };
    this.#open = [];
    this.#router = undefined;
    this.output.forgetConditions();
    const { settings } = this;
    const dataPlane = recordedPorts(this.host, this.#listenerOf(this.#life));
    this.#router = await createHaproxyRouter({ dataPlane, dir: '/limpet', settings });
  }

  /** Sets a setting of the routers that are opened from now on; a value of digits is a number. */
  set(name: string, value: string): void {
    if (!(name in defaultSettings)) throw new Error(`there is no setting ${name}`);
    this.settings = { ...this.settings, [name]: /^\d+$/.test(value) ? Number(value) : value };
  }

  snapshotOf(revision: number, ids: readonly string[]): SyncRules {
    const rules = ids.map((id) => {
      const rule = this.rules.get(id);
      if (!rule) throw new Error(`${id} was never put`);
      return rule;
    });
    return { type: 'syncRules', snapshot: { rules, revision } };
  }

  #die(life: Life): void {
    life.alive = false;
    this.output.print('crash');
  }

  #listenerOf(life: Life): PortsListener {
    const never = new Promise<never>(() => {});
    return {
      faults: this.faults,
      before: async (lines: readonly string[]): Promise<void> => {
        if (!life.alive) return never;
        if (this.#router) await this.printReport();
        if (!life.alive) return never;
        this.output.printDeferred();
        const { dieBefore } = life;
        if (dieBefore !== undefined && lines.some((line) => line.startsWith(dieBefore))) {
          this.#die(life);
          return never;
        }
        for (const line of lines) this.output.print(line);
      },
      print: (line: string) => this.output.print(line),
      connection: (line: string) => this.output.printConnection(line),
      alive: async <T>(value: T): Promise<T> => (life.alive ? value : never),
    };
  }
}
