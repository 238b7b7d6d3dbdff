import { expect, it } from 'vitest';
import { sourceOf } from '../testing/router-snapshot.ts';
import { compareCertificates } from './compare-certificates.ts';

const files = { read: async () => undefined };

it('says what of a databag’s certificates is not so, and takes them out of what is desired', async () => {
  const certificate = { place: 'bag.json: rules[0].ssl_certs[0]', name: '10_0_53_2-443', file: '/a.pem', pem: 'x' };
  const source = sourceOf([], { notCarriedOut: ['a line: why'], certificates: [certificate] });
  const compared = await compareCertificates(source, files);
  expect(compared).not.toHaveProperty('certificates');
  expect(compared.notCarriedOut).toEqual([
    'a line: why',
    expect.stringMatching(
      /^bag\.json: rules\[0\]\.ssl_certs\[0\]: "10_0_53_2-443": it cannot be used: .*; run that first$/,
    ),
  ]);
});

it('has nothing to say of a rules file', async () => {
  const source = sourceOf([], { notCarriedOut: ['a line: why'] });
  expect(await compareCertificates(source, files)).toEqual(source);
});
