import { expect, it } from 'vitest';
import { acceptChain, acceptJump } from './accept-chain.ts';

// Routers that are upgraded have this chain and this link: under another name they would have both.
it('is known by one name, in the chain and in its link', () => {
  expect(acceptChain).toBe('LIMPET-LB');
  expect(acceptJump).toEqual(['INPUT', '-j', 'LIMPET-LB']);
});
