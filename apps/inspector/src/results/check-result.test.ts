import { check, traceToJson } from '@limpet/checker';
import { documentSchema } from '@limpet/inspection';
import { checkModelSource } from '@limpet/state-space';
import { describe, expect, it } from 'vitest';
import { checkDocument, checkResultSchema } from './check-result.ts';
import { createLaneReader } from './lane-states.ts';
import { modelMachines } from './model-machines.ts';

describe('a counterexample of limpet check', () => {
  it('is a recording whose every step lights the states that it names', async () => {
    const { exploration, invariants, counterexample } = await check(
      checkModelSource({ groups: 2, members: 1, symmetry: true, bug: 'line-set-compare' }),
      { threads: 1, stopAtViolation: true },
    );
    const printed = {
      invariants: invariants.map(({ name, holds }) => ({ name, holds })),
      counterexample: traceToJson(exploration.model, counterexample!.trace),
    };
    const document = checkDocument(checkResultSchema.parse(JSON.parse(JSON.stringify(printed))));
    expect(documentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
    const steps = document.messages.filter(({ kind }) => kind === 'step');
    expect(steps).toHaveLength(counterexample!.trace.labels.length);
    expect(document.notes[0]).toContain('B1');
    const last = (actor: string) =>
      document.messages.findLast((message) => message.kind === 'snapshot' && message.actor === actor);
    expect(last('router')).toMatchObject({ states: ['router', 'router.running'] });
    const rules = ['rule 1', 'rule 2'].map((rule) => (last(rule) as { states: string[] }).states.at(-1));
    expect(rules).toContain('rule.active');
  });

  it('may be none', () => {
    const document = checkDocument({ invariants: [{ name: 'x', holds: true }], counterexample: null });
    expect(document.title).toContain('no counterexample');
    expect(document.messages).toEqual([]);
  });
});

describe('lanes', () => {
  it('are actors; of one that names no state none is lit', () => {
    const reader = createLaneReader(modelMachines);
    expect(reader.read({ 'rule 1': 'add, stickiness none, waiting', 'link 1': 'a command waits' })).toMatchObject([
      { kind: 'actor', actor: 'rule 1', machine: 'rule', group: 'group 1' },
      { kind: 'snapshot', states: ['rule', 'rule.add'], context: { stickiness: 'none', waiting: true } },
    ]);
    expect(reader.read({ 'rule 1': 'stickiness none' })).toMatchObject([
      { states: ['rule'], context: { stickiness: 'none' } },
    ]);
    expect(reader.read({ 'rule 1': 'stickiness none' })).toEqual([]);
  });

  it('of members are an actor each', () => {
    const bodies = createLaneReader(modelMachines).read({ 'members 2': 'serving, gone' });
    expect(bodies.filter(({ kind }) => kind === 'snapshot')).toMatchObject([
      { actor: 'member 2.1', states: ['member', 'member.serving'] },
      { actor: 'member 2.2', states: ['member', 'member.gone'] },
    ]);
  });
});
