import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OpenedRouter, type OwnRouter, traitsOf } from '@limpet/conformance';
import { type Command, type CommandResult, createClient } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { type Channel, serveDataPlane } from '@limpet/data-plane/remote';
import { AgentClient } from '../client/agent-client.ts';
import type { AgentStarted, StartAgent } from './agent-process.ts';

const program = fileURLToPath(new URL('./agent-process.ts', import.meta.url));
/** In the checkout, where no other user can plant code. */
const compileCache = fileURLToPath(new URL('../../../../node_modules/.cache/limpet-agent', import.meta.url));
const never = new Promise<never>(() => {});

/**
 * The agent as a router under test: a process, which gets its commands over its socket, and is killed by SIGKILL where the
 * model says that the router crashes. Its calls to the data plane are made in this process, so that a crash can be put
 * between any two of them, and a fault into each.
 */
export const agentRouter = (): OwnRouter => ({
  ...traitsOf('haproxy', undefined),
  name: 'agent',
  open: (dataPlane, dir) => openAgent(dataPlane, dir),
});

async function openAgent(dataPlane: DataPlane, dir: string): Promise<OpenedRouter> {
  const folder = await mkdtemp(join(tmpdir(), 'limpet-agent-'));
  const child = fork(program, [], {
    serialization: 'advanced',
    execArgv: [],
    // Compiled once for all agents: each crash starts another.
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const served = serveDataPlane(dataPlane, channelOf(child));
  const socket = join(folder, 'agent.sock');
  const config = { dir, socket, input: { kind: 'api' }, haproxy: { drainDeadline: '0s' } };
  const client = new AgentClient(socket);
  let sent = 0;
  let killed = false;
  const kill = async (): Promise<void> => {
    killed = true;
    served.close();
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
  };
  try {
    await started(child, { start: { config, host: { kind: dataPlane.kind, now: dataPlane.clock.now() } } });
  } catch (error) {
    await kill();
    throw error;
  }
  const send = async (command: Command): Promise<CommandResult> => {
    sent += 1;
    try {
      return (await client.ask('POST', '/v1/commands', command)) as CommandResult;
    } catch (error) {
      // Whoever waits for a router that has crashed waits forever, as on a link that has lost the answer.
      if (killed) return never;
      throw error;
    }
  };
  return {
    ...createClient(send),
    stats: () => ({ reloads: 0, runtimeOps: 0 }),
    isBusy: () => served.isBusy(sent),
    kill,
    close: kill,
  };
}

const channelOf = (child: ChildProcess): Channel => ({
  send: (message) => {
    if (child.connected) child.send(message);
  },
  onMessage: (listener) => void child.on('message', listener as never),
});

async function started(child: ChildProcess, start: StartAgent): Promise<void> {
  const answer = new Promise<AgentStarted>((resolve) => {
    child.on('message', (message: object) => {
      if ('started' in message || 'failed' in message) resolve(message as AgentStarted);
    });
    child.once('exit', (code, signal) => resolve({ failed: `it has ended (${code ?? signal})` }));
  });
  child.send(start);
  const said = await answer;
  if ('failed' in said) throw new Error(`the agent did not start: ${said.failed}`);
}
