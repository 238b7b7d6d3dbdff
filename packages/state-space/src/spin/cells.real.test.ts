import { describe, expect, it } from 'vitest';
import { search } from '../../testing/search.ts';
import { runSpin } from '../../testing/spin.ts';
import { promelaOfCells } from './cells.ts';

describe('SPIN on the exported cells', () => {
  it.each([
    { groups: 1, members: 1, symmetry: false },
    { groups: 1, members: 2, symmetry: false },
    { groups: 2, members: 1, symmetry: true },
    { groups: 2, members: 1, symmetry: true, addressesMove: true },
    { groups: 1, members: 2, symmetry: true, addressesMove: true, certificatesGo: true },
  ])('visits as many states and transitions as we do: %j', (options) => {
    const { states, transitions } = search(options);
    expect(runSpin(promelaOfCells(options))).toEqual({ states, transitions, violated: [] });
  });

  it.each(['seed', 'line-set-compare'] as const)('finds %s, too', (bug) => {
    expect(runSpin(promelaOfCells({ groups: 2, members: 1, symmetry: true, bug }))).toMatchObject({
      violated: ['violated'],
    });
  });
});
