import { join } from 'node:path';
import type { Command, CommandResult, HaproxySettings } from '@limpet/contract';
import type { PageFile } from '@limpet/inspection';
import { createRouterDir, patchSettings, type SettingsPatch, type Source, withSettings } from '@limpet/operations';
import { defaultSettings, haproxySettingsOf, keyOf, type RouterLocation, type RuleStep, ruleId } from '@limpet/router';
import type { Logger } from 'pino';
import type { ApiAgent } from './api/agent-api.ts';
import { createApp } from './api/app.ts';
import { Looks } from './api/looks.ts';
import { Problem } from './api/problem.ts';
import { Streams } from './api/streams.ts';
import { AGENT_FILE } from './client/find-agent.ts';
import type { AgentConfig } from './config/config-schema.ts';
import type { AnswerJournal } from './idempotency/answer-journal.ts';
import { openJournal } from './idempotency/open-journal.ts';
import { createInput, patchesOf } from './inputs/create-input.ts';
import type { Input } from './inputs/input.ts';
import { AgentRecording } from './inspect/agent-recording.ts';
import { namesOf } from './observe/command-names.ts';
import { ConditionWatch } from './observe/condition-watch.ts';
import { levelOf } from './observe/event-level.ts';
import { type AgentEvent, EventLog } from './observe/event-log.ts';
import { Metrics } from './observe/metrics.ts';
import { describeViolation, ModelWatch, type Violation } from './observe/model-watch.ts';
import { type Applied, Driver } from './router/driver.ts';
import { RouterViews } from './router/views.ts';
import type { ApiServer } from './server/http-server.ts';
import { serveTcp, type TcpOptions } from './server/tcp.ts';
import { serveUnixSocket } from './server/unix-socket.ts';

/** Milliseconds that a stopping agent waits for rules to come to rest. What is left undone, the next start does. */
const restWithinMs = 10_000;

/** Milliseconds between two looks at the conditions; a change that is answered is told at once. */
const lookMs = 1_000;

/** Where the files of the inspector's page come from. @throws Error with what to do, when there are none */
type PageSource = () => Promise<ReadonlyMap<string, PageFile>>;

/** What an agent is given beside its configuration. */
export interface AgentParts {
  /** Called when a request has come. */
  onRequest?: () => void;
  /** The files of the inspector's page; without them, the agent has none. */
  page?: PageSource;
}

const noPage: PageSource = async () => {
  throw new Error('this agent was started without the page; run limpet agent');
};

type Phase = 'starting' | 'running' | 'stopping';

/** The daemon: one desired state, from one input, kept in force. */
export class Agent implements ApiAgent {
  readonly driver: Driver;
  readonly answers: AnswerJournal;
  readonly app: ReturnType<typeof createApp>;
  readonly #config: AgentConfig;
  readonly #log: Logger;
  readonly #input: Input;
  readonly events: EventLog;
  readonly recording: AgentRecording;
  readonly streams = new Streams();
  readonly #page: PageSource;
  readonly #metrics = new Metrics();
  readonly #conditions = new ConditionWatch();
  readonly #model: ModelWatch;
  readonly #stopping = new AbortController();
  readonly views: RouterViews;
  /** Looks at the router do not hold it up: they wait for HAProxy as long as a command may take. */
  readonly metrics = new Looks().shared(() => this.#readMetrics());
  #cancelLook: () => void = () => {};
  #looking: Promise<void> | undefined;
  #phase: Phase = 'starting';
  readonly #servers: ApiServer[] = [];

  private constructor(config: AgentConfig, driver: Driver, answers: AnswerJournal, log: Logger, page: PageSource) {
    this.#model = new ModelWatch((violation) => this.#violated(violation));
    this.#page = page;
    this.driver = driver;
    this.views = new RouterViews(driver);
    this.answers = answers;
    this.#config = config;
    this.#log = log;
    const { clock } = driver.router.location.dataPlane;
    this.events = new EventLog(() => clock.now());
    this.recording = new AgentRecording(
      `the router in ${config.dir}`,
      () => clock.now(),
      (rule) => this.#model.stateOf(rule),
    );
    this.#input = createInput(config, clock, {
      apply: (source) => this.#apply(source),
      refuse: (error) => this.#refuse(error),
    });
    this.app = createApp(this, (err) => this.#fault(err));
  }

  /**
   * Opens the router, and the socket. The last good state is being restored then; `running` resolves when it is in force.
   *
   * @throws RouterError `ROUTER_LOCKED`, `ROUTER_STATE_UNREADABLE`; DataPlaneError `STATE_NOT_STORED`; AgentError `AGENT_SOCKET_UNUSABLE`
   */
  static async start(
    config: AgentConfig,
    location: RouterLocation,
    log: Logger,
    { onRequest = () => {}, page = noPage }: AgentParts = {},
  ): Promise<Agent> {
    if (location.dataPlane.kind === 'real') await createRouterDir(location.dir);
    const { drainDeadline, drift, driftPeriod } = config.haproxy;
    const behaviour = { drainDeadlineMs: drainDeadline, drift, driftPeriodMs: driftPeriod };
    const onSent = (command: Command, settled: Promise<CommandResult>): void => agent.#sent(command, settled);
    // The router restores what is there while the agent is made; each rule is followed from where it is met.
    const onStep = (step: RuleStep): void => follow(step);
    let follow = (_: RuleStep): void => {};
    const driver = await Driver.open(
      location,
      // What a file says comes with its rules, and may be needed to make the settings whole.
      patchSettings(haproxySettingsOf(defaultSettings), config.input.kind === 'api' ? patchesOf(config.haproxy) : []),
      behaviour,
      onSent,
      onStep,
    );
    const answers = await openJournal(location).catch(async (error) => {
      await driver.router.detach();
      throw error;
    });
    const agent = new Agent(config, driver, answers, log, page);
    follow = (step) => agent.follow(step);
    try {
      const answer = (request: Request): Response | Promise<Response> => {
        onRequest();
        return agent.app.fetch(request);
      };
      agent.#servers.push(await serveUnixSocket(answer, config.socket));
      if (config.tcp)
        agent.#servers.push(await serveTcp(answer, tcpOptions(config.tcp), (why) => agent.#unauthorized(why)));
    } catch (error) {
      await Promise.all(agent.#servers.map((server) => server.close()));
      await driver.router.detach();
      throw error;
    }
    await location.dataPlane.files.write(join(location.dir, AGENT_FILE), JSON.stringify({ socket: config.socket }));
    log.info({ dir: config.dir, socket: config.socket, tcp: config.tcp?.listen, input: config.input }, 'listening');
    return agent;
  }

  /** Brings the last good state into force, and then lets the input in. */
  async run(): Promise<void> {
    await this.driver.restore();
    if (this.#phase !== 'starting') return;
    if (this.#config.input.kind === 'api') await this.driver.router.use(this.settingsFor(undefined));
    this.#phase = 'running';
    this.#tell({ type: 'running' });
    this.#lookAgain();
    this.#input.start();
  }

  /** Stops; HAProxy and iptables stay as they are. */
  async stop(): Promise<void> {
    if (this.#phase === 'stopping') return;
    this.#phase = 'stopping';
    this.#tell({ type: 'stopping' });
    this.#input.close();
    this.#cancelLook();
    const { clock } = this.driver.router.location.dataPlane;
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = clock.after(restWithinMs, resolve);
    });
    await Promise.race([this.driver.router.detach(), late]);
    cancel();
    this.#stopping.abort();
    await Promise.all(this.#servers.map((server) => server.close()));
    this.#log.info('stopped');
  }

  requireWritable(): void {
    if (this.#input.elsewhere !== undefined) throw new Problem('INPUT_ELSEWHERE', this.#input.elsewhere);
    this.#requireRunning();
  }

  settingsFor(said: SettingsPatch | undefined): HaproxySettings {
    const base = said === undefined ? this.driver.router.settings : haproxySettingsOf(defaultSettings);
    return patchSettings(base, [...(said ? [said] : []), ...patchesOf(this.#config.haproxy)]);
  }

  submit(source: Source): Promise<Applied> {
    const { input, haproxy } = this.#config;
    if (input.kind !== 'databag') {
      const remedy = `its input is ${input.kind}; set input.kind to databag in its configuration`;
      throw new Problem('INPUT_ELSEWHERE', `this agent takes no databag: ${remedy}`);
    }
    this.#requireRunning();
    return this.#apply(withSettings(source, patchesOf(haproxy)));
  }

  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  async pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
    try {
      return await this.#page();
    } catch (error) {
      throw new Problem('PAGE_UNAVAILABLE', (error as Error).message);
    }
  }

  async #readMetrics(): Promise<{ body: string; contentType: string }> {
    const { router } = this.driver;
    const [counters, haproxy, whys] = await Promise.all([
      // HAProxy may be gone, or hang: the other metrics say so.
      this.views.counters().catch(() => []),
      this.views.haproxyInfo().catch(() => undefined),
      this.notReady(),
    ]);
    const now = {
      statuses: await this.driver.statuses(),
      generation: router.current.desired().generation,
      counters,
      activity: router.activity(),
      members: router.current.members(),
      haproxy,
      ready: whys.length === 0,
    };
    return { body: await this.#metrics.text(now), contentType: this.#metrics.contentType };
  }

  /** Takes a line of the trace: what the router has done to a rule, at the point from which on it counts. */
  follow(step: RuleStep): void {
    this.#log.debug(step, 'step');
    try {
      this.#model.step(step);
      this.recording.stepped(step);
    } catch (err) {
      this.#fault(err); // it is called in the middle of the router's work
    }
  }

  complaints(): readonly string[] {
    return this.#model.violations.map(describeViolation);
  }

  async notReady(): Promise<readonly string[]> {
    if (this.#phase === 'starting') return ['the last good state is not in force yet'];
    if (this.#phase === 'stopping') return ['the agent is stopping'];
    const problem = this.#input.problem();
    const whys = [problem, await this.views.hangs(), this.driver.router.current.fault()];
    return [...new Set(whys.filter((why) => why !== undefined))];
  }

  #requireRunning(): void {
    if (this.#phase === 'starting') {
      throw new Problem('AGENT_STARTING', 'the last good state is not in force yet; ask again', {
        headers: { 'retry-after': '1' },
      });
    }
    if (this.#phase === 'stopping') throw new Problem('AGENT_STOPPING', 'ask again when the agent is up');
  }

  async #apply(source: Source): Promise<Applied> {
    const applied = await this.driver.apply(source);
    for (const line of applied.notCarriedOut) this.#log.warn({ line }, 'not carried out');
    return applied;
  }

  #sent(command: Command, settled: Promise<CommandResult>): void {
    const { clock } = this.driver.router.location.dataPlane;
    const began = clock.now();
    const { rules, generation } = namesOf(command);
    this.#tell({ type: 'command', command: command.type, rules, generation });
    settled.then(
      ({ outcome, rules: statuses }) => {
        const milliseconds = clock.now() - began;
        this.#metrics.settled(command.type, outcome, milliseconds / 1000);
        for (const status of statuses) {
          const of = command.type === 'syncRules' ? status.generation : generation;
          this.#tell({ type: 'settled', rule: ruleId(status.key), generation: of, outcome, milliseconds });
        }
        this.#look();
      },
      // Whoever sent it is told.
      () => {},
    );
  }

  #refuse(error: unknown): void {
    this.#metrics.inputRefused();
    this.#tell({ type: 'input-refused', message: error instanceof Error ? error.message : String(error) });
  }

  #violated(violation: Violation): void {
    this.#metrics.modelViolated();
    this.#tell(violation);
  }

  #fault(err: unknown): void {
    this.#log.error({ err }, 'a fault of Limpet');
  }

  #unauthorized(why: string): void {
    this.#metrics.unauthorized();
    this.#log.warn({ why }, 'unauthorized');
  }

  /** Tells which conditions have changed: once, however many rules come to rest together. */
  #look(): void {
    if (this.#looking !== undefined) return;
    const { driver } = this;
    this.#looking = this.#model
      .look(driver.statuses(), () => driver.router.current.desired().rules)
      .then((statuses) => {
        for (const event of this.#conditions.changes(statuses)) this.#tell(event);
        this.recording.answered(statuses);
        this.recording.did(driver.router.activity());
      })
      .catch((err) => this.#fault(err))
      .finally(() => {
        this.#looking = undefined;
      });
  }

  #lookAgain(): void {
    this.#cancelLook = this.driver.router.location.dataPlane.clock.after(lookMs, () => {
      this.#look();
      this.#lookAgain();
    });
  }

  /** An event is also a line of the log. */
  #tell(event: AgentEvent): void {
    this.events.add(event);
    this.recording.told(event);
    const { type, ...rest } = event;
    this.#log[levelOf(event)](rest, type);
  }
}

const tcpOptions = ({ listen, ...credentials }: NonNullable<AgentConfig['tcp']>): TcpOptions => {
  const { ip: host, port } = keyOf(listen);
  return { host, port, ...credentials };
};
