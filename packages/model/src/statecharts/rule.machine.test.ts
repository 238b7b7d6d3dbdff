import { describe, expect, it } from 'vitest';
import { type RuleContext, type RuleEvent, ruleMachine } from './rule.machine.ts';
import { createTable } from './table.ts';

const table = createTable(ruleMachine);
const CONTEXT: RuleContext = { stickiness: 'none', inForce: 'current', asked: 'nothing' };

function edge(value: string, event: RuleEvent['type'], context: Partial<RuleContext> = {}) {
  return table.edge({ value, context: { ...CONTEXT, ...context } }, event);
}

describe('load balancer rule, by the operations of LoadBalancingRulesManagerImpl', () => {
  it('L1: is Staged until checked, and sent as soon as it is accepted', () => {
    expect(table.initial(undefined).value).toBe('staged');
    expect(edge('staged', 'accept')).toMatchObject({
      next: { value: 'add', context: { asked: 'waiting' } },
      actions: ['putRule'],
    });
    expect(edge('staged', 'reject')).toMatchObject({ next: { value: 'gone' }, actions: [] });
    expect(edge('staged', 'setSourceBased')).toMatchObject({ next: { value: 'staged' }, actions: [] });
  });

  it.each([
    ['L2/L3', 'membersChanged', {}],
    ['L4', 'update', {}],
    ['L5/L6', 'setSourceBased', {}],
    ['L7', 'setNone', { stickiness: 'source' }],
  ] as const)('%s: %s is a new generation, sent at once', (_, event, context) => {
    for (const state of ['add', 'active']) {
      expect(edge(state, event, context)).toMatchObject({
        next: { value: 'add', context: { inForce: 'stale', asked: 'waiting' } },
        actions: ['newGeneration', 'putRule'],
      });
    }
  });

  it('1.3: is sent again, at the same generation, when its group is enabled or disabled', () => {
    const [add, active] = [edge('add', 'resend'), edge('active', 'resend')];
    expect(add).toMatchObject({ next: { value: 'add', context: { asked: 'waiting' } }, actions: ['putRule'] });
    expect(active).toMatchObject({ next: { value: 'active', context: { asked: 'nothing' } }, actions: ['putRule'] });
  });

  it('does nothing, with success, when the stickiness is the same', () => {
    expect(edge('active', 'setNone')).toMatchObject({ next: { value: 'active' }, actions: ['success'] });
    expect(edge('add', 'setSourceBased', { stickiness: 'source' })).toMatchObject({
      next: { value: 'add' },
      actions: ['success'],
    });
  });

  it('is Active when its latest generation is applied, in force when that is verified', () => {
    expect(edge('add', 'applied', { inForce: 'stale' })?.next).toEqual({
      value: 'active',
      context: { ...CONTEXT, inForce: 'stale' },
    });
    expect(edge('active', 'inForce', { inForce: 'stale' })).toMatchObject({
      next: { context: { inForce: 'current' } },
      actions: ['confirmMembers'],
    });
  });

  it('asks again: when no answer came, when refused, when the router lost it, when the verification did not come', () => {
    expect(edge('add', 'timeout', { asked: 'waiting' })?.actions).toEqual(['putRule']);
    expect(edge('add', 'timeout', { asked: 'refused' })).toBeUndefined();
    expect(edge('add', 'retry', { asked: 'refused' })?.actions).toEqual(['putRule']);
    expect(edge('active', 'outdated')).toMatchObject({ next: { value: 'add' }, actions: ['putRule'] });
    expect(edge('active', 'timeout', { inForce: 'stale' })?.actions).toEqual(['putRule']);
    expect(edge('active', 'timeout')).toBeUndefined();
  });

  it('is not in force when the router says that it cannot serve it any more, although nobody has changed it', () => {
    expect(edge('active', 'refused')?.next).toMatchObject({
      value: 'add',
      context: { inForce: 'absent', asked: 'refused' },
    });
  });

  it('L10: is removed through Revoke, and takes no changes there', () => {
    for (const state of ['add', 'active']) {
      expect(edge(state, 'delete')).toMatchObject({
        next: { value: 'revoke' },
        actions: ['newGeneration', 'removeRule'],
      });
    }
    expect(edge('revoke', 'applied')?.next.value).toBe('gone');
    expect(edge('revoke', 'timeout', { asked: 'waiting' })?.actions).toEqual(['removeRule']);
    for (const event of ['setSourceBased', 'update', 'membersChanged'] as const)
      expect(edge('revoke', event)).toBeUndefined();
  });

  it('is not in force while the router is down, and not applied after the router was destroyed', () => {
    expect(edge('active', 'routerDown')?.next).toMatchObject({ value: 'active', context: { inForce: 'absent' } });
    expect(edge('active', 'routerDestroyed')?.next).toMatchObject({
      value: 'add',
      context: { inForce: 'absent', asked: 'waiting' },
    });
    expect(edge('revoke', 'routerDestroyed')?.next.value).toBe('gone');
  });
});
