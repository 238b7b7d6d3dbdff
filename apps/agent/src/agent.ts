import { join } from 'node:path';
import type { Command, CommandResult } from '@limpet/contract';
import {
  type Changes,
  changesTo,
  createRouterDir,
  onThisRouter,
  type RouterReport,
  reportOn,
  type Source,
  withPatch,
} from '@limpet/operations';
import { defaultSettings, haproxySettingsOf, inspectRouter, type RouterLocation } from '@limpet/router';
import type { Logger } from 'pino';
import type { ApiAgent } from './api/agent-api.ts';
import { createApp } from './api/app.ts';
import { Problem } from './api/problem.ts';
import { type ApiServer, serve } from './api/serve.ts';
import { AGENT_FILE } from './client/find-agent.ts';
import type { AgentConfig } from './config/config-schema.ts';
import { createInput, withSettings } from './inputs/create-input.ts';
import type { Input } from './inputs/input.ts';
import { type Applied, Driver } from './router/driver.ts';

/** Milliseconds that a stopping agent waits for rules to come to rest. What is left undone, the next start does. */
const restWithinMs = 10_000;

type Phase = 'starting' | 'running' | 'stopping';

/** The daemon: one desired state, from one input, kept in force. */
export class Agent implements ApiAgent {
  readonly driver: Driver;
  readonly app: ReturnType<typeof createApp>;
  readonly #config: AgentConfig;
  readonly #log: Logger;
  readonly #input: Input;
  #phase: Phase = 'starting';
  #server: ApiServer | undefined;

  private constructor(config: AgentConfig, driver: Driver, log: Logger) {
    this.driver = driver;
    this.#config = config;
    this.#log = log;
    this.#input = createInput(config, driver.router.location.dataPlane.clock, {
      apply: (source) => this.#apply(source),
      refuse: (error) => this.#log.error({ err: error }, 'what the input says cannot be applied; the last state stays'),
    });
    this.app = createApp(this, (err) => this.#log.error({ err }, 'a fault of Limpet'));
  }

  /**
   * Opens the router, and the socket. The last good state is being restored then; `running` resolves when it is in force.
   *
   * @throws RouterError `ROUTER_LOCKED`, `ROUTER_STATE_UNREADABLE`; AgentError `AGENT_SOCKET_UNUSABLE`
   */
  static async start(config: AgentConfig, location: RouterLocation, log: Logger): Promise<Agent> {
    if (location.dataPlane.kind === 'real') await createRouterDir(location.dir);
    const { drainDeadline, drift, driftPeriod, settings } = config.haproxy;
    const behaviour = { drainDeadlineMs: drainDeadline, drift, driftPeriodMs: driftPeriod };
    const onSent = (command: Command, settled: Promise<CommandResult>): void => agent.#sent(command, settled);
    const driver = await Driver.open(
      location,
      withPatch(haproxySettingsOf(defaultSettings), settings),
      behaviour,
      onSent,
    );
    const agent = new Agent(config, driver, log);
    try {
      agent.#server = await serve(agent.app.fetch, config.socket);
    } catch (error) {
      await driver.router.detach();
      throw error;
    }
    await location.dataPlane.files.write(join(location.dir, AGENT_FILE), JSON.stringify({ socket: config.socket }));
    log.info({ dir: config.dir, socket: config.socket, input: config.input }, 'listening');
    return agent;
  }

  /** Brings the last good state into force, and then lets the input in. */
  async run(): Promise<void> {
    await this.driver.restore();
    if (this.#phase !== 'starting') return;
    const { settings } = this.#config.haproxy;
    if (this.#config.input.kind === 'api' && settings) {
      await this.driver.router.use(withPatch(this.driver.router.settings, settings));
    }
    this.#phase = 'running';
    this.#log.info('running');
    this.#input.start();
  }

  /** Stops; HAProxy and iptables stay as they are. */
  async stop(): Promise<void> {
    if (this.#phase === 'stopping') return;
    this.#phase = 'stopping';
    this.#log.info('stopping; HAProxy goes on');
    this.#input.close();
    const { clock } = this.driver.router.location.dataPlane;
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = clock.after(restWithinMs, resolve);
    });
    await Promise.race([this.driver.router.detach(), late]);
    cancel();
    await this.#server?.close();
    this.#log.info('stopped');
  }

  requireWritable(): void {
    if (this.#input.elsewhere !== undefined) throw new Problem('INPUT_ELSEWHERE', this.#input.elsewhere);
    this.#requireRunning();
  }

  async report(): Promise<RouterReport> {
    const snapshot = await inspectRouter(this.driver.router.location);
    const counters = snapshot.observed.notResponding ? [] : await this.driver.router.current.counters();
    return reportOn(snapshot, await this.driver.statuses(), counters);
  }

  async plan(read: Source): Promise<Changes & { notCarriedOut: string[] }> {
    const { location } = this.driver.router;
    const snapshot = await inspectRouter(location, read.rules);
    const source = onThisRouter(read, snapshot);
    return { ...changesTo(source, snapshot, location.dir), notCarriedOut: source.notCarriedOut };
  }

  submit(source: Source): Promise<Applied> {
    const { input, haproxy } = this.#config;
    if (input.kind !== 'databag') {
      const remedy = `its input is ${input.kind}; set input.kind to databag in its configuration`;
      throw new Problem('INPUT_ELSEWHERE', `this agent takes no databag: ${remedy}`);
    }
    this.#requireRunning();
    return this.#apply(withSettings(source, haproxy.settings));
  }

  async notReady(): Promise<readonly string[]> {
    if (this.#phase === 'starting') return ['the last good state is not in force yet'];
    if (this.#phase === 'stopping') return ['the agent is stopping'];
    const problem = this.#input.problem();
    const hangs = await this.#hangs();
    return [...(problem === undefined ? [] : [problem]), ...(hangs === undefined ? [] : [hangs])];
  }

  #requireRunning(): void {
    if (this.#phase === 'starting') {
      throw new Problem('AGENT_STARTING', 'the last good state is not in force yet; ask again', {
        headers: { 'retry-after': '1' },
      });
    }
    if (this.#phase === 'stopping') throw new Problem('AGENT_STOPPING', 'ask again when the agent is up');
  }

  /** Why HAProxy cannot be driven; undefined when it can, also when it does not run because there are no rules. */
  async #hangs(): Promise<string | undefined> {
    try {
      await this.driver.router.location.dataPlane.haproxy.running();
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  async #apply(source: Source): Promise<Applied> {
    const applied = await this.driver.apply(source);
    for (const line of applied.notCarriedOut) this.#log.warn({ line }, 'not carried out');
    return applied;
  }

  #sent(command: Command, settled: Promise<CommandResult>): void {
    settled.then(
      ({ outcome }) => this.#log.debug({ command: command.type, outcome }, 'settled'),
      (err: unknown) => this.#log.debug({ command: command.type, err }, 'not settled'),
    );
  }
}
