import { sourceOf } from '@limpet/operations/testing';
import { expect, it } from 'vitest';
import { forThisRouter } from './for-this-router.ts';

it('says on stderr what is not carried out', () => {
  const told: string[] = [];
  const stderr = { write: (text: string) => told.push(text) } as never;
  const router = { bindsNonlocal: false, localAddresses: [] };
  forThisRouter(sourceOf([], { notCarriedOut: ['a line: why'] }), router, { stderr });
  expect(told).toEqual(['not carried out: a line: why\n']);
});
