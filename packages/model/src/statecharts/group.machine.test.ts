import { describe, expect, it } from 'vitest';
import { type GroupContext, type GroupEvent, groupMachine } from './group.machine.ts';
import { createTable } from './table.ts';

const table = createTable(groupMachine);
const CONTEXT: GroupContext = { size: 1, min: 1, max: 2, capacity: 3, quiet: false, operating: false };

/** State after an event, and the actions others hear; undefined when CloudStack answers with an error. */
function after(
  value: string,
  event: GroupEvent['type'],
  context: Partial<GroupContext> = {},
): [string, ...string[]] | undefined {
  const edge = table.edge({ value, context: { ...CONTEXT, ...context } }, event);
  return edge && [edge.next.value, ...edge.actions];
}

describe('autoscale VM group, by the operations of AutoScaleManagerImpl', () => {
  it('C1, C2: is created New and becomes Enabled once configured; a failure leaves nothing', () => {
    expect(table.initial({ min: 1, max: 2, capacity: 3 }).value).toBe('new');
    expect(after('new', 'configured')).toEqual(['enabled']);
    expect(after('new', 'configureFailed')).toEqual(['removed']);
  });

  it.each([
    ['new', undefined],
    ['enabled', ['enabled', 'success']],
    ['scaling', undefined],
    ['disabled', ['enabled', 'resend']],
    ['revoke', undefined],
    ['removed', undefined],
  ])('E1: enable in %s', (state, expected) => expect(after(state, 'enable')).toEqual(expected));

  it('E1: goes on with a scale operation that a disabled group has not ended yet', () => {
    expect(after('disabled', 'enable', { operating: true })).toEqual(['scaling', 'resend']);
    for (const event of ['memberServing', 'memberFailed', 'memberGone'] as const) {
      const ended = table.edge({ value: 'disabled', context: { ...CONTEXT, operating: true } }, event);
      expect(ended?.next.context.operating).toBe(false);
    }
  });

  it.each([
    ['new', undefined],
    ['enabled', ['disabled', 'resend']],
    ['scaling', ['disabled', 'resend']],
    ['disabled', ['disabled', 'success']],
    ['revoke', undefined],
    ['removed', undefined],
  ])('D1: disable in %s', (state, expected) => expect(after(state, 'disable')).toEqual(expected));

  it.each(['new', 'enabled', 'scaling', 'revoke', 'removed'])('U2: bounds are fixed in %s', (state) => {
    for (const event of ['raiseMin', 'lowerMin', 'raiseMax', 'lowerMax'] as const) {
      expect(after(state, event, { min: 2, max: 3, capacity: 4 })).toBeUndefined();
    }
  });

  it('U2: keeps 1 <= min <= max <= capacity while Disabled', () => {
    expect(after('disabled', 'raiseMin', { min: 2, max: 2 })).toBeUndefined();
    expect(after('disabled', 'lowerMin', { min: 1 })).toBeUndefined();
    expect(after('disabled', 'raiseMax', { max: 3 })).toBeUndefined();
    expect(after('disabled', 'lowerMax', { min: 2, max: 2 })).toBeUndefined();
    expect(table.edge({ value: 'disabled', context: CONTEXT }, 'raiseMax')?.next.context).toMatchObject({
      max: 3,
      quiet: true,
    });
  });

  it('S1: scales up below max, below min even in the quiet time', () => {
    expect(after('enabled', 'scaleUp')).toEqual(['scaling', 'createMember']);
    expect(after('enabled', 'scaleUp', { size: 2 })).toBeUndefined();
    expect(after('enabled', 'scaleUp', { quiet: true })).toBeUndefined();
    expect(after('enabled', 'scaleUp', { quiet: true, size: 0 })).toEqual(['scaling', 'createMember']);
    for (const state of ['new', 'scaling', 'disabled', 'revoke']) expect(after(state, 'scaleUp')).toBeUndefined();
  });

  it('S2: scales down above min, above max even in the quiet time', () => {
    expect(after('enabled', 'scaleDown', { size: 2 })).toEqual(['scaling', 'removeMember']);
    expect(after('enabled', 'scaleDown', { size: 1 })).toBeUndefined();
    expect(after('enabled', 'scaleDown', { size: 2, quiet: true })).toBeUndefined();
    expect(after('enabled', 'scaleDown', { size: 3, quiet: true })).toEqual(['scaling', 'removeMember']);
  });

  it.each(['memberServing', 'memberFailed', 'memberGone'] as const)(
    'ends a scale operation with the quiet time: %s',
    (event) => {
      const edge = table.edge({ value: 'scaling', context: CONTEXT }, event);
      expect(edge?.next).toMatchObject({
        value: 'enabled',
        context: { quiet: true, size: event === 'memberGone' ? 0 : 1 },
      });
    },
  );

  it.each(['scaling', 'disabled'])('goes on with a scale operation when another VM is destroyed: %s', (value) => {
    const edge = table.edge({ value, context: { ...CONTEXT, size: 2, operating: true } }, 'memberDestroyed');
    expect(edge?.next).toMatchObject({ value, context: { size: 1, operating: true, quiet: false } });
  });

  it('X1: is deleted when Disabled and empty, or with cleanup', () => {
    expect(after('disabled', 'delete', { size: 0 })).toEqual(['removed']);
    expect(after('disabled', 'delete')).toBeUndefined();
    expect(after('enabled', 'delete', { size: 0 })).toBeUndefined();
    for (const state of ['enabled', 'scaling', 'disabled']) {
      expect(after(state, 'deleteWithCleanup')).toEqual(['revoke', 'destroyMembers']);
      expect(after(state, 'deleteWithCleanup', { size: 0 })).toEqual(['removed']);
    }
    for (const event of ['memberGone', 'memberDestroyed'] as const) {
      expect(after('revoke', event, { size: 2 })).toEqual(['revoke']);
      expect(after('revoke', event, { size: 1 })).toEqual(['removed']);
    }
  });

  it('X2: is deleted from New by removing its row', () => expect(after('new', 'delete')).toEqual(['removed']));
});
