import { describe, expect, it, vi } from 'vitest';
import { emptyCell, MACHINES } from './cell.ts';
import { react } from './reaction.ts';

const around = { router: 'running', bug: undefined };

describe('what follows from an event', () => {
  const cell = {
    ...emptyCell(1),
    rule: MACHINES.rule.edge(MACHINES.rule.initial(undefined), 'accept')!.next,
    group: MACHINES.group.edge(MACHINES.group.initial({ min: 1, max: 1, capacity: 1 }), 'configured')!.next,
  };

  it('passes signals on until all is quiet', () => {
    const scaling = react(cell, { to: 'group', event: 'scaleUp' }, around)!;
    expect(scaling.members[0]).toMatchObject({ value: 'provisioning' });
    expect(react(scaling, { to: 'member', member: 0, event: 'started' }, around)).toMatchObject({ queued: true });
    const failed = react(scaling, { to: 'member', member: 0, event: 'startFailed' }, around);
    expect(failed).toMatchObject({ group: { value: 'enabled', context: { size: 1, operating: false, quiet: false } } });
  });

  it('is nothing for an event that is not possible', () => {
    expect(react(cell, { to: 'group', event: 'scaleDown' }, around)).toBeUndefined();
  });

  it('refuses an action that nobody handles, with the file and the state', () => {
    const table = vi.spyOn(MACHINES.rule, 'edge').mockReturnValue({ next: cell.rule, actions: ['sendPostcard'] });
    try {
      expect(() => react(cell, { to: 'rule', event: 'update' }, around)).toThrow(
        'rule.machine.ts: add on update has the action sendPostcard, which nobody handles: add it to routes.ts',
      );
    } finally {
      table.mockRestore();
    }
  });
});
