/**
 * A program: the agent, on the data plane of the process that has forked it. `conform --router agent` plays the model's
 * tours on it, and kills it where the model says that a router crashes.
 *
 * @module
 */
import { type Channel, type RemoteHost, remoteDataPlane } from '@limpet/data-plane/remote';
import { pino } from 'pino';
import { Agent } from '../agent.ts';
import { agentConfigSchema } from '../config/config-schema.ts';

/** The first message: how the agent is started. */
export interface StartAgent {
  start: { config: unknown; host: RemoteHost };
}

/** The answer to it. */
export type AgentStarted = { started: true } | { failed: string };

const channel: Channel = {
  send: (message) => void process.send?.(message),
  onMessage: (listener) => void process.on('message', listener as never),
};

async function start({ config, host }: StartAgent['start']): Promise<void> {
  const { dir, ...rest } = agentConfigSchema.parse(config);
  let received = 0;
  const dataPlane = remoteDataPlane(channel, host, () => received);
  const agent = await Agent.start({ dir, ...rest }, { dataPlane, dir }, pino({ level: 'silent' }), {
    onRequest: () => {
      received += 1;
    },
  });
  endAtViolation(agent);
  await agent.run();
}

/** The model that is played is also the one that watches: an alarm here is a false one, or a fault that the player missed. */
function endAtViolation({ events }: Agent): void {
  let seen = events.last;
  events.listen(() => {
    const violation = events.after(seen).events.find(({ event }) => event.type === 'model-violated');
    seen = events.last;
    if (violation) throw new Error(`not what the model allows: ${JSON.stringify(violation.event)}`);
  });
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message: object) => {
  if (!('start' in message)) return;
  start((message as StartAgent).start).then(
    () => channel.send({ started: true } satisfies AgentStarted),
    (error: Error) => channel.send({ failed: error.stack ?? error.message } satisfies AgentStarted),
  );
});
