import { once } from 'node:events';
import { Agent, type ManagerReport, readConfig, reportTo, serviceManager } from '@limpet/agent';
import { type Exec, exec as execHere } from '@limpet/lab';
import { localRouter } from '@limpet/operations';
import { type Logger, pino } from 'pino';
import { chooseHaproxy } from '../../command-line/options.ts';
import type { Context } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { pageSource } from './page-source.ts';

/** Options of `limpet agent` and `limpet agent check`. */
export interface AgentFlags {
  /** The configuration file. */
  config: string;
}

/** `limpet agent`: runs until a signal ends it, and leaves HAProxy as it is. Its log is on stdout. */
export async function runAgent(flags: AgentFlags, context: Context): Promise<void> {
  const config = await readConfig(flags.config);
  const log = pino({ level: config.log.level, base: { router: config.dir } }, { write: context.stdout });
  chooseHaproxy({ haproxy: config.haproxy.binary });
  const location = localRouter(config.dir, context.exec, config.haproxy.unit);
  const ended = new AbortController();
  const { signal } = ended;
  const told = Promise.race([once(process, 'SIGTERM', { signal }), once(process, 'SIGINT', { signal })]);
  const agent = await Agent.start(config, location, log, { page: pageSource() });
  const report = reportOf(agent, log, context.exec);
  try {
    // A failure of the start ends the agent; a signal may come before the start is done.
    await Promise.race([
      told,
      agent
        .run()
        .then(() => report?.ready())
        .then(() => told),
    ]);
  } finally {
    ended.abort();
    await Promise.all([report?.stopping(), agent.stop()]);
  }
  context.exit(exitCodes.done);
}

/** Tells the service manager that has started this process how the agent is; undefined when none has. */
function reportOf({ driver }: Agent, log: Logger, exec: Exec = execHere): ManagerReport | undefined {
  const manager = serviceManager(process.env, process.pid, exec);
  const { router } = driver;
  const busySince = (): number | undefined => router.current.busySince();
  return manager && reportTo(manager, { clock: router.location.dataPlane.clock, busySince, log });
}

/** `limpet agent check`: reads the configuration, and says what is wrong. */
export async function checkAgent(flags: AgentFlags, context: Context): Promise<void> {
  const { dir, socket, input } = await readConfig(flags.config);
  const rules = input.kind === 'api' ? 'the API' : input.path;
  context.stdout(`${flags.config} is valid: the router in ${dir}, its rules from ${rules}, the API on ${socket}\n`);
}
