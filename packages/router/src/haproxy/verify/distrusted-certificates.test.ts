import { readFile } from 'node:fs/promises';
import { readCertificate } from '@limpet/haproxy';
import { expect, it } from 'vitest';
import { rule } from '../../../testing/rules.ts';
import { distrustedCertificates } from './distrusted-certificates.ts';

const text = await readFile(new URL('../../../testdata/expired.pem', import.meta.url), 'utf8');
const certificates = new Map([
  ['/site.pem', readCertificate(text)],
  ['/gone.pem', readCertificate(undefined)],
]);
const rules = [
  rule({ port: 443, protocol: 'ssl', certificate: '/site.pem' }),
  rule({ port: 444, protocol: 'ssl', certificate: '/gone.pem' }),
  rule({ port: 80 }),
];
const toldAt = (time: string) => [...distrustedCertificates(rules, certificates, Date.parse(time))];

it('tells of a certificate before and after its validity, and of no other', () => {
  const told = (why: string) => [['10.0.53.2:443', `clients do not trust its certificate: /site.pem ${why}`]];
  expect(toldAt('2019-12-31T23:59:59Z')).toEqual(told('is not valid before 2020-01-01T00:00:00.000Z'));
  expect(toldAt('2020-01-01T00:00:00Z')).toEqual([]);
  expect(toldAt('2021-01-01T00:00:00Z')).toEqual([]);
  expect(toldAt('2021-01-01T00:00:01Z')).toEqual(told('expired on 2021-01-01T00:00:00.000Z'));
});
