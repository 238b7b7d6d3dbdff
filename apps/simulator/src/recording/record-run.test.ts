import { messageSchema } from '@limpet/inspection';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepare } from '../run/prepare.ts';
import { simulate } from '../run/simulate.ts';
import { openMemoryTestBed } from '../test-bed/memory.ts';
import { type RunRecording, recordRun } from './record-run.ts';

/** The shipped scenario by CloudStack's router, in memory. */
async function play(): Promise<{ recording: RunRecording; notInForce: number }> {
  let recording: RunRecording | undefined;
  const { changesNotInForce } = await simulate(await prepare({ scenario: 'cloudstack-9583' }), {
    router: 'cloudstack',
    openTestBed: openMemoryTestBed,
    observe: (now) => {
      recording = recordRun(now);
      return recording.observer;
    },
  });
  return { recording: recording!, notInForce: changesNotInForce };
}

describe('a recorded run of cloudstack#9583', () => {
  let played: Awaited<ReturnType<typeof play>>;
  beforeAll(async () => {
    played = await play();
  });

  it('is a feed: numbered without gaps, in the order of time', () => {
    const { messages } = played.recording;
    expect(messages.length).toBeGreaterThan(1000);
    for (const message of messages.slice(0, 500)) expect(messageSchema.parse(message)).toEqual(message);
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, at) => at + 1));
    expect(messages.map(({ at }) => at)).toEqual(messages.map(({ at }) => at).toSorted((a, b) => a - b));
  });

  it('has the verdict of the clients on each rule, before the workaround', () => {
    const first = new Map<string, string>();
    for (const message of played.recording.messages)
      if (message.kind === 'verification' && !first.has(message.actor)) first.set(message.actor, message.verdict);
    expect(played.notInForce).toBeGreaterThan(0);
    expect([...first.values()].filter((verdict) => verdict === 'violated')).toHaveLength(played.notInForce);
  });

  it('has the transitions that the machines took, signals between them too', () => {
    const taken = new Set(
      played.recording.messages.flatMap((message) => (message.kind === 'transition' ? message.transitions : [])),
    );
    expect(taken).toContain('router.starting#started#0');
    expect(taken).toContain('rule.active#setSourceBased#0');
    expect([...taken].some((id) => id.startsWith('rule.add#applied'))).toBe(true);
  });

  it('has each command, and the generation in its answer', () => {
    const { messages } = played.recording;
    const commands = messages.filter((message) => message.kind === 'command');
    expect(commands[0]).toMatchObject({ actor: 'router', command: 'syncRules' });
    const put = commands.find(({ command }) => command === 'putRule')!;
    const ack = messages.find(
      (message) => message.kind === 'ack' && message.actor === put.actor && message.seq > put.seq,
    );
    expect(ack).toMatchObject({ payload: { generation: put.payload!.generation } });
  });
});
