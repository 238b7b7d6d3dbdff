import { describe, expect, it } from 'vitest';
import { createCheckModel } from '../transition-system/check-model.ts';
import { createPlayer } from './player.ts';

describe('the player', () => {
  it('takes every step of a long random walk of two groups, and none that is not there', () => {
    const model = createCheckModel({
      groups: 2,
      members: 1,
      symmetry: false,
      addressesMove: true,
      certificatesGo: true,
    });
    const player = createPlayer(model);
    const out = {
      states: new Uint32Array(model.maxSuccessors * model.words),
      labels: new Uint32Array(model.maxSuccessors),
      count: 0,
    };
    const state = Uint32Array.from(model.initial[0]!);
    let random = 1;
    player.reset();
    for (let step = 0; step < 5_000; step++) {
      model.successors(state, 0, out);
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      const taken = (random >>> 8) % out.count;
      const label = out.labels[taken]!;
      const after = out.states.slice(taken * model.words, (taken + 1) * model.words);
      // The same step of the same group, to a state where the router is elsewhere.
      expect(
        player.take(
          label,
          Uint32Array.from(after, (word, w) => (w === 0 ? word ^ 7 : word)),
          0,
        ),
      ).toBe(false);
      expect(player.take(label, after, 0)).toBe(true);
      state.set(after);
    }
  });
});
