import type { Body, InspectionDocument } from '@limpet/inspection';
import { modelMachines } from '../src/results/model-machines.ts';

/** The actors of one group, all of them in force. */
export function groupBodies(name: string, members = 3): Body[] {
  const actor = (machine: string, id: string): Body => ({ kind: 'actor', actor: id, machine, name: id, group: name });
  const is = (id: string, machine: string, state: string, context: Record<string, string> = {}): Body => ({
    kind: 'snapshot',
    actor: id,
    states: [machine, `${machine}.${state}`],
    context,
    status: 'active',
  });
  const rule = `${name} rule`;
  const places = Array.from({ length: members }, (_, at) => `${name} vm-${at + 1}`);
  return [
    actor('group', `${name} group`),
    actor('rule', rule),
    ...places.map((place) => actor('member', place)),
    is(`${name} group`, 'group', 'enabled'),
    is(rule, 'rule', 'add', { stickiness: 'none', asked: 'waiting' }),
    ...places.map((place) => is(place, 'member', 'serving')),
    { kind: 'command', actor: rule, command: 'putRule', payload: { generation: 1 } },
    { kind: 'ack', actor: rule, answer: 'applied', payload: { generation: 1 } },
    {
      kind: 'transition',
      actor: rule,
      event: { type: 'applied' },
      transitions: ['rule.add#applied#0'],
      states: ['rule', 'rule.active'],
    },
    is(rule, 'rule', 'active', { stickiness: 'none', asked: 'nothing' }),
    { kind: 'verification', actor: rule, verdict: 'holds' },
  ];
}

/** So many groups, of which the one with this number is not in force. */
export function fleetDocument(count: number, broken?: number): InspectionDocument {
  const bodies = Array.from({ length: count }, (_, at) => groupBodies(`web-${at + 1}`)).flat();
  if (broken !== undefined)
    bodies.push({
      kind: 'verification',
      actor: `web-${broken} rule`,
      verdict: 'violated',
      expected: 'each client stays with its VM',
      saw: 'a client went from vm-1 to vm-2',
    });
  return {
    format: 'limpet-inspection',
    version: 1,
    title: `${count} groups`,
    notes: [],
    machines: [...modelMachines],
    messages: bodies.map((body, at) => ({ seq: at + 1, at: at * 10, ...body })),
  };
}
