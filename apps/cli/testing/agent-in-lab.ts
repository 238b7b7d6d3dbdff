import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { AgentClient } from '@limpet/agent/client';
import { borrowLab, type Lab, type LabOptions } from '@limpet/lab';
import { stringify } from 'yaml';

/** The command line, as an operator runs it. */
export const limpetProgram = fileURLToPath(new URL('../bin/limpet.js', import.meta.url));

/** `limpet agent` on the router of a lab. */
export interface AgentInLab {
  lab: Lab;
  client: AgentClient;
  /** The router's folder. */
  dir: string;
  /** The configuration file. */
  config: string;
  /** Lines of the log about what the model does not allow. */
  violations: readonly string[];
  /** Starts the agent, and resolves when it runs; rejects with what it says when it does not. */
  start(config?: object): Promise<void>;
  /** Ends the agent; resolves to its exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
  /** Kills the agent, and gives the lab back. */
  close(): Promise<void>;
}

/**
 * Runs the command line with the memory that a router has for it: with more, Node collects its garbage late, which looks like
 * growth. The flag for a small heap is the package's (`NODE_FLAGS` of tools/packaging).
 *
 * @param oldMb megabytes of objects that have lived for a while
 */
export const limpetWithin = (oldMb: number): [string, ...string[]] => [
  process.execPath,
  `--max-old-space-size=${oldMb}`,
  '--optimize-for-size',
  limpetProgram,
];

/**
 * Opens a lab in which no agent runs yet.
 *
 * @param limpet what runs the command line
 */
export async function openAgentInLab(
  options: LabOptions,
  limpet: readonly [string, ...string[]] = [process.execPath, limpetProgram],
): Promise<AgentInLab> {
  const lab = await borrowLab(options);
  const client = new AgentClient(join(lab.dir, 'agent.sock'));
  const [dir, file] = [join(lab.dir, 'router'), join(lab.dir, 'agent.yaml')];
  const [program, ...args] = limpet;
  const violations: string[] = [];
  let running: ChildProcess | undefined;
  const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
    const child = running;
    running = undefined;
    if (child === undefined || child.exitCode !== null) return null;
    const closed = once(child, 'close');
    child.kill(signal);
    const [code] = (await closed) as [number | null];
    return code;
  };
  return {
    ...{ lab, client, dir, config: file, violations, stop },
    async start(config = {}) {
      // At once, so that the agent can be stopped from now on.
      writeFileSync(file, stringify({ dir, socket: client.socket, input: { kind: 'api' }, ...config }));
      const child = lab.spawn(program, [...args, 'agent', '--config', file]);
      running = child;
      const said = text(child.stderr!);
      await new Promise<void>((resolve, reject) => {
        child.stdout!.on('data', (lines: Buffer) => {
          if (/"msg":"running"/.test(lines.toString())) resolve();
          if (/"msg":"model-violated"/.test(lines.toString())) violations.push(lines.toString());
        });
        child.once('close', () => said.then((why) => reject(new Error(why)), reject));
      });
    },
    async close() {
      await stop('SIGKILL');
      await lab.close();
    },
  };
}
