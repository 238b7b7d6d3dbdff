import { expect, it } from 'vitest';
import { databagOf } from './queue-file.ts';
import { readDatabag } from './read/reader.ts';
import { defaultSettings } from './settings.ts';
import { readTlsOptions } from './tls-options.ts';

const minVersion = (options: string): unknown => readTlsOptions(options.split(' ')).tls.minVersion;

/** Each was tried with clients on HAProxy 2.6.12. */
it.each([
  ['ssl-min-ver TLSv1.3 no-sslv3', 'TLSv1.3'],
  ['no-sslv3 ssl-min-ver TLSv1.3', 'TLSv1.3'],
  ['ssl-min-ver TLSv1.2 no-tlsv12 no-sslv3 no-tlsv10 no-tlsv11', 'TLSv1.2'],
  ['no-sslv3 no-tlsv10 no-tlsv11 no-tlsv12', 'TLSv1.3'],
  ['no-tlsv12 no-tlsv11 no-tlsv10 no-sslv3', 'TLSv1.3'],
  ['no-tls-tickets', undefined],
])('%s: from %s on', (options, version) => {
  expect(minVersion(options)).toBe(version);
});

it('default options of several lines count together', () => {
  const of = (...lines: string[]): unknown => {
    const configuration = ['global', ...lines.map((line) => `\tssl-default-bind-options ${line}`)];
    const config = { ...databagOf([], defaultSettings).rules[0]!, configuration };
    const { settings, notCarriedOut } = readDatabag({ list: 'rules', config, unread: [] });
    expect(notCarriedOut).toEqual([]);
    return settings.tls;
  };
  expect(of('ssl-min-ver TLSv1.2', 'no-sslv3 no-tls-tickets')).toEqual({ minVersion: 'TLSv1.2', tickets: false });
  expect(of('no-tlsv11', 'ssl-min-ver TLSv1.1')).toEqual({ minVersion: 'TLSv1.1' });
  expect(of('no-tlsv11', 'no-sslv3')).toEqual({ minVersion: 'TLSv1.2' });
});
