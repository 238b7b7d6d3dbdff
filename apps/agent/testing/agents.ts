import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryDataPlane, type MemoryDataPlane } from '@limpet/data-plane';
import { pino } from 'pino';
import { Agent, type AgentParts } from '../src/agent.ts';
import { agentConfigSchema } from '../src/config/config-schema.ts';

/** The address of the router in memory. */
export const ip = '203.0.113.10';
/** Its VMs, which answer. */
export const vms = ['vm11', 'vm12', 'vm13'].map((vm) => ({ vm, ip: `10.1.1.${vm.slice(2)}`, port: 80 }));

/** What a test says of its agent. */
export interface AgentInMemoryOptions {
  input?: object;
  haproxy?: object;
  tcp?: object;
  page?: AgentParts['page'];
  /** A host that was there before. */
  dataPlane?: MemoryDataPlane;
}

/** An agent on a router in memory. */
export interface AgentInMemory {
  agent: Agent;
  dataPlane: MemoryDataPlane;
  /** A folder of the real file system. */
  folder: string;
  socket: string;
  /** Lines of the log. */
  log: Record<string, unknown>[];
  /** Asks the API, without the socket. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** An answer of the API. */
export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever is answered
  body: any;
}

/** Starts an agent whose last good state is in force. */
export async function openAgent(options: AgentInMemoryOptions = {}): Promise<AgentInMemory> {
  const opened = await startAgent(options);
  await opened.agent.run();
  return opened;
}

/** Starts an agent that restores its last good state when it is told to `run`. */
export async function startAgent({
  input,
  haproxy,
  tcp,
  page,
  dataPlane: there,
}: AgentInMemoryOptions): Promise<AgentInMemory> {
  const folder = await mkdtemp(join(tmpdir(), 'limpet-agent-'));
  const dataPlane = there ?? createMemoryDataPlane({ localAddresses: [ip] });
  if (!there) await dataPlane.vms.start(vms);
  const socket = join(folder, 'agent.sock');
  const config = agentConfigSchema.parse({
    dir: '/limpet',
    socket,
    input: input ?? { kind: 'api' },
    ...(tcp && { tcp }),
    haproxy: { drainDeadline: '0s', ...haproxy },
  });
  const log: Record<string, unknown>[] = [];
  const logger = pino({ level: 'debug' }, { write: (line) => void log.push(JSON.parse(line)) });
  const agent = await Agent.start(config, { dataPlane, dir: '/limpet' }, logger, page && { page });
  return {
    agent,
    dataPlane,
    folder,
    socket,
    log,
    async ask(method, path, body, headers = {}) {
      const answer = await agent.app.request(path, {
        method,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const isJson = text !== '' && /json/.test(answer.headers.get('content-type') ?? '');
      return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
    },
    async close() {
      await agent.stop();
      await rm(folder, { recursive: true });
    },
  };
}
