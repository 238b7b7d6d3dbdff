import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentClient } from '@limpet/agent/client';
import type { RuleRecord } from '@limpet/contract';
import type { Lab } from '@limpet/lab';
import { runtimeChanges } from './router-changes.ts';
import { maxConnections } from './router-room.ts';

/** Changes that clients wait for at the same time, each of another rule. */
const atOnce = 8;

/** What an agent's process takes. */
export interface AgentFigures {
  /** Percent of one core while nothing is asked. */
  idleCpu: number;
  /** Changes a second that clients get in force who wait for their own only. */
  changesPerSecond: number;
  /** Milliseconds of processor time of the agent for each of these. */
  cpuMsPerChange: number;
  /** Mebibytes, after them. */
  residentMiB: number;
}

/** `limpet agent` on the router of a lab. */
export class AgentProcess {
  readonly client: AgentClient;
  readonly #child: ReturnType<Lab['spawn']>;

  private constructor(client: AgentClient, child: ReturnType<Lab['spawn']>) {
    this.client = client;
    this.#child = child;
  }

  /**
   * Resolves when it runs.
   *
   * @param program the words that run `limpet`
   */
  static async start(lab: Lab, dir: string, program: readonly string[]): Promise<AgentProcess> {
    const [first = '', ...rest] = program;
    const file = join(lab.dir, 'agent.yaml');
    const socket = join(lab.dir, 'agent.sock');
    // JSON is YAML.
    const config = {
      dir,
      socket,
      input: { kind: 'api' },
      haproxy: { drainDeadline: '0s', settings: { maxConnections } },
    };
    await writeFile(file, JSON.stringify(config));
    const child = lab.spawn(first, [...rest, 'agent', '--config', file]);
    child.stderr!.pipe(process.stderr);
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on('data', (lines: Buffer) => {
        if (/"msg":"running"/.test(lines.toString())) resolve();
      });
      child.once('close', () => reject(new Error('the agent has ended; see above')));
    });
    return new AgentProcess(new AgentClient(socket), child);
  }

  /** Measures it for so long while it has nothing to do, and then while it has as much as it can. */
  async measure(fleet: readonly RuleRecord[], budgetMs: number, next: () => number): Promise<AgentFigures> {
    const idle = await this.#during(() => sleep(budgetMs));
    let made = 0;
    const busy = await this.#during(async () => {
      const end = performance.now() + budgetMs;
      const commands = this.client.commands();
      const change = async (first: number): Promise<void> => {
        for (let index = first; performance.now() < end; index = (index + atOnce) % fleet.length) {
          for (const { after } of runtimeChanges(fleet[index]!, index).slice(0, 2)) {
            const answer = await commands.putRule({ type: 'putRule', rule: after!, generation: next() });
            if (answer.outcome !== 'applied') throw new Error(`the agent says ${JSON.stringify(answer)}`);
            made++;
          }
        }
      };
      await Promise.all(Array.from({ length: Math.min(atOnce, fleet.length) }, (_, index) => change(index)));
    });
    return {
      idleCpu: (100 * idle.cpuSeconds) / idle.seconds,
      changesPerSecond: made / busy.seconds,
      cpuMsPerChange: (1000 * busy.cpuSeconds) / made,
      residentMiB: await this.residentMiB(),
    };
  }

  /** Mebibytes of the process. */
  async residentMiB(): Promise<number> {
    return (await this.#metric('process_resident_memory_bytes')) / 2 ** 20;
  }

  /** Ends the agent; HAProxy goes on. */
  async stop(): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await closed;
  }

  async #during(work: () => Promise<unknown>): Promise<{ seconds: number; cpuSeconds: number }> {
    const [began, cpu] = [performance.now(), await this.#metric('process_cpu_seconds_total')];
    await work();
    const seconds = (performance.now() - began) / 1000;
    return { seconds, cpuSeconds: (await this.#metric('process_cpu_seconds_total')) - cpu };
  }

  async #metric(name: string): Promise<number> {
    return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(await this.client.text('/metrics'))?.[1]);
  }
}
