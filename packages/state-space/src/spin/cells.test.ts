import { describe, expect, it } from 'vitest';
import { promelaOfCells } from './cells.ts';

describe('the exported cells', () => {
  it('is one step of SPIN for each step that is possible', () => {
    const text = promelaOfCells({ groups: 1, members: 1 });
    expect(text).toContain('active proctype system_of_cells()');
    // SPIN 6.5.2 takes no longer piece of C.
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(65_536);
  });
});
