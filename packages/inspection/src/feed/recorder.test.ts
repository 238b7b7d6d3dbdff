import { describe, expect, it } from 'vitest';
import type { Body } from './messages.ts';
import { createRecorder } from './recorder.ts';

const note = (what: string): Body => ({ kind: 'fault', what });
const actor = (id: string): Body => ({ kind: 'actor', actor: id, machine: 'm', name: id });
const now = (actorId: string, state: string): Body => ({
  kind: 'snapshot',
  actor: actorId,
  states: [state],
  status: 'active',
});
const seqs = (page: { messages: readonly { message: { seq: number } }[] }) =>
  page.messages.map(({ message }) => message.seq);

describe('a recorder', () => {
  it('numbers messages from 1 on, and stamps them with the time', () => {
    let time = 5;
    const recorder = createRecorder({ session: 's', now: () => time++ });
    recorder.record(note('a'));
    expect(recorder.record(note('b'))).toEqual({ seq: 2, at: 6, kind: 'fault', what: 'b' });
    expect(seqs(recorder.read(1))).toEqual([1, 2]);
    expect(seqs(recorder.read(2))).toEqual([2]);
    expect(recorder.read(3)).toEqual({ baseline: [], messages: [] });
  });

  it('keeps so many messages, and says which are lost', () => {
    const recorder = createRecorder({ session: 's', now: () => 0, mostMessages: 3 });
    for (let i = 0; i < 5000; i++) recorder.record(note('x'));
    expect(recorder.read(4990)).toMatchObject({ lost: { from: 4990, to: 4997 } });
    expect(seqs(recorder.read(4990))).toEqual([4998, 4999, 5000]);
    expect(seqs(recorder.read(4990, 2))).toEqual([4998, 4999]);
  });

  it('keeps so many characters, and always the last message', () => {
    const recorder = createRecorder({ session: 's', now: () => 0, mostCharacters: 400 });
    for (let i = 0; i < 20; i++) recorder.record(note('x'.repeat(60)));
    expect(seqs(recorder.read(1)).length).toBeLessThan(5);
    recorder.record(note('x'.repeat(1000)));
    expect(seqs(recorder.read(1))).toEqual([21]);
  });

  it('keeps the last state of each actor beyond its messages', () => {
    const recorder = createRecorder({ session: 's', now: () => 0, mostMessages: 2, mostActors: 2 });
    for (const body of [actor('a'), now('a', 'm.1'), actor('b'), now('a', 'm.2'), now('a', 'm.3'), note('x')])
      recorder.record(body);
    expect(recorder.read(1).baseline.map(({ seq }) => seq)).toEqual([1, 3, 4]);
    recorder.record(actor('c'));
    recorder.record(note('y'));
    recorder.record(note('z'));
    // Of three actors, the one that was silent for longest is forgotten.
    expect(recorder.read(1).baseline.map(({ seq }) => seq)).toEqual([1, 5, 7]);
  });

  it('keeps of each actor what it was told and answered last, too', () => {
    const recorder = createRecorder({ session: 's', now: () => 0, mostMessages: 1 });
    const told = (kind: 'command' | 'ack', text: string): Body =>
      kind === 'command' ? { kind, actor: 'a', command: text } : { kind, actor: 'a', answer: text };
    const verified: Body = { kind: 'verification', actor: 'a', verdict: 'holds' };
    const taken: Body = { kind: 'transition', actor: 'a', transitions: [], states: ['m.2'] };
    const bodies = [
      actor('a'),
      now('a', 'm.1'),
      told('command', 'x'),
      told('ack', 'x'),
      told('ack', 'y'),
      verified,
      taken,
    ];
    for (const body of [...bodies, note('end')]) recorder.record(body);
    expect(recorder.read(1).baseline.map(({ seq }) => seq)).toEqual([1, 3, 5, 6, 7]);
  });

  it('calls those who follow it back, until they stop', () => {
    const recorder = createRecorder({ session: 's', now: () => 0 });
    const heard: number[] = [];
    const stop = recorder.subscribe(() => heard.push(recorder.last));
    recorder.record(note('a'));
    stop();
    recorder.record(note('b'));
    expect(heard).toEqual([1]);
  });
});
