import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, parse, type RouterHandlers } from '@limpet/contract';
import { type Changes, fileRule, fileSettings, type RouterReport, type Source } from '@limpet/operations';
import type { z } from 'zod';
import { etag } from '../api/preconditions.ts';
import { appliedSchema, planSchema, problemSchema, reportSchema } from '../api/schemas.ts';
import { AgentError } from '../errors.ts';
import type { Applied } from '../router/driver.ts';
import { type ReceivedEvent, readEvents } from './event-stream.ts';

/** The agent's refusal of a request; `code` is that of its API. */
export class AgentRefusal extends Error {
  override readonly name = 'AgentRefusal';
  readonly code: string;
  /** What is wrong, one a line. */
  readonly lines: readonly string[];

  constructor({ code, detail, errors = [] }: z.output<typeof problemSchema>) {
    const fields = errors.map((error) => `${error.pointer}: ${error.detail}`);
    super(detail);
    this.code = code;
    this.lines = fields.length > 0 ? fields : [detail];
  }
}

/** What a plan says beside the changes. */
export interface AgentPlan extends Changes {
  notCarriedOut: readonly string[];
}

/** Milliseconds after which whoever waits for an answer asks whether the agent lives, and for which that question waits. */
const defaultPatienceMs = 30_000;

/** Milliseconds between two questions whether an agent has started. */
const startingMs = 200;

/**
 * A client of a running agent, over its unix socket. Each call rejects with {@link AgentRefusal}, or with AgentError
 * `AGENT_NOT_RUNNING`, `AGENT_NOT_RESPONDING` or `AGENT_ANSWER_INVALID`.
 */
export class AgentClient {
  readonly socket: string;
  readonly #patienceMs: number;

  constructor(socket: string, patienceMs = defaultPatienceMs) {
    this.socket = socket;
    this.#patienceMs = patienceMs;
  }

  /** The generated commands. */
  commands(): RouterHandlers {
    return createClient((command) => this.ask('POST', '/v1/commands', command));
  }

  /** How the router is. */
  async status(): Promise<RouterReport> {
    return this.#checked(reportSchema, await this.ask('GET', '/v1/status')) as RouterReport;
  }

  /** What an apply would change. */
  async plan(source: Source): Promise<AgentPlan> {
    return this.#checked(planSchema, await this.ask('POST', '/v1/plan', desired(source))) as unknown as AgentPlan;
  }

  /**
   * Makes this the desired state. Resolves when each rule is in force or refused.
   *
   * @param seen the highest generation when the caller looked; another one now is refused (`PRECONDITION_FAILED`)
   */
  async apply(source: Source, seen?: number): Promise<Applied> {
    const headers = { 'if-match': seen === undefined ? '*' : etag(seen) };
    return this.#checked(appliedSchema, await this.ask('PUT', '/v1/rules', desired(source), headers));
  }

  /**
   * Hands a databag over. Resolves when each of its rules is in force or refused; an agent that is starting is waited for.
   *
   * @param name of the file, for messages
   */
  async submit(databag: unknown, name: string): Promise<Applied> {
    for (;;) {
      try {
        const answer = await this.ask('POST', `/v1/databag?name=${encodeURIComponent(name)}`, databag);
        return this.#checked(appliedSchema, answer);
      } catch (error) {
        if (!(error instanceof AgentRefusal && error.code === 'AGENT_STARTING')) throw error;
        await sleep(startingMs);
      }
    }
  }

  /**
   * What happens from now on, or after the event with a number. Ends when the agent stops.
   *
   * @param after the number of the last event that is known
   * @param follow false: only those that the agent still has
   */
  async *events(after?: number, follow = true): AsyncGenerator<ReceivedEvent> {
    const since = after === undefined ? '' : `&after=${after}`;
    const response = await this.#request('GET', `/v1/events?follow=${follow}${since}`, undefined, {});
    if (response.statusCode !== 200) {
      throw new AgentRefusal(this.#checked(problemSchema, this.#json(await text(response))));
    }
    yield* readEvents(response.setEncoding('utf8'));
  }

  /** Asks for what is no JSON, such as `/metrics`; an error of the agent is answered as it is. */
  async text(path: string): Promise<string> {
    return text(await this.#request('GET', path, undefined, {}));
  }

  /** Sends a request, and resolves to the JSON that is answered. */
  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    const { status, answer } = await this.#send(method, path, body, headers);
    if (status >= 200 && status < 300) return answer;
    throw new AgentRefusal(this.#checked(problemSchema, answer));
  }

  async #send(method: string, path: string, body: unknown, headers: Record<string, string>) {
    const response = await this.#request(method, path, body, headers);
    const received = await text(response).catch((cause: Error) => {
      throw this.#notRunning(cause);
    });
    return { status: response.statusCode ?? 0, answer: this.#json(received) };
  }

  #request(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<IncomingMessage> {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const options = {
        ...{ socketPath: this.socket, method, path, agent: false },
        headers: { ...(sent !== undefined && { 'content-type': 'application/json' }), ...headers },
      };
      const asked = request(options, resolve);
      asked.on('error', (cause) => reject(cause instanceof AgentError ? cause : this.#notRunning(cause))).end(sent);
      this.#watch(asked);
    });
  }

  /** An answer may take as long as a drain, and an agent that hangs gives none. */
  #watch(asked: ClientRequest): void {
    const ended = new AbortController();
    for (const event of ['response', 'close']) asked.once(event, () => ended.abort());
    const watch = async (): Promise<void> => {
      while (!ended.signal.aborted) {
        await sleep(this.#patienceMs, undefined, { signal: ended.signal });
        if (!(await this.#lives()) && !ended.signal.aborted) asked.destroy(this.#notResponding());
      }
    };
    watch().catch(() => {}); // it has ended
  }

  #lives(): Promise<boolean> {
    return new Promise((resolve) => {
      const asked = request({ socketPath: this.socket, path: '/healthz', agent: false }, (response) => {
        response.resume();
        resolve(true);
      });
      asked.on('error', () => resolve(false)).end();
      asked.setTimeout(this.#patienceMs, () => asked.destroy(this.#notResponding()));
    });
  }

  #notResponding(): AgentError {
    const message = `what listens on ${this.socket} takes requests and answers none, not even /healthz; restart the agent`;
    return new AgentError('AGENT_NOT_RESPONDING', [message]);
  }

  #notRunning(cause: Error): AgentError {
    const message = `no agent answers on ${this.socket} (${cause.message}); start it`;
    return new AgentError('AGENT_NOT_RUNNING', [message], { cause });
  }

  #json(received: string): unknown {
    try {
      return received === '' ? undefined : JSON.parse(received);
    } catch (cause) {
      throw this.#invalid('it is not JSON', cause);
    }
  }

  #checked<T>(schema: z.ZodType<T>, answer: unknown): T {
    try {
      return parse(schema, answer, 'answer');
    } catch (cause) {
      throw this.#invalid((cause as Error).message, cause);
    }
  }

  #invalid(why: string, cause: unknown): AgentError {
    return new AgentError(
      'AGENT_ANSWER_INVALID',
      [`what answers on ${this.socket} is no agent of this version: ${why}; restart the agent`],
      { cause },
    );
  }
}

/** What is desired, as the API takes it. */
const desired = ({ rules, settings, ...rest }: Source) => ({
  rules: rules.map(fileRule),
  settings: fileSettings(settings),
  ...rest,
});
