import { BUGS, createCheckModel } from '@limpet/state-space';
import { describe, expect, it } from 'vitest';
import { actionOf } from './action.ts';

const unknownSteps = (options: Parameters<typeof createCheckModel>[0]): string[] => {
  const model = createCheckModel({ ...options, addressesMove: true, certificatesGo: true });
  return model.compiled.labels.flatMap((_, step) => {
    const { lane, text } = model.describeStep(step * options.groups);
    return actionOf(lane, text) === undefined ? [`${lane}: ${text}`] : [];
  });
};

describe('actionOf', () => {
  it.each([undefined, ...BUGS.map(({ name }) => name)])('knows every step of the model, with the bug %s', (bug) => {
    expect(unknownSteps({ groups: 1, members: 1, symmetry: true, bug })).toEqual([]);
    expect(unknownSteps({ groups: 1, members: 1, symmetry: false, bug })).toEqual([]);
  });

  it('counts groups and VMs from 0', () => {
    expect(actionOf('members 2', 'VM 3 dies')).toEqual({ kind: 'member', group: 1, place: 2, event: 'fail' });
    expect(actionOf('router', 'the router applies the command, of rule 2')).toEqual({
      kind: 'command',
      group: 1,
      does: 'apply',
    });
  });

  it.each([
    ['group 1', 'constructor'],
    ['group 0', 'the group scales up'],
    ['router', 'the group scales up'],
    ['nobody', 'a user enables the group'],
  ])('knows no %s: %s', (lane, text) => {
    expect(actionOf(lane, text)).toBeUndefined();
  });
});
