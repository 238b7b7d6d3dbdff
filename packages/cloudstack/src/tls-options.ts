import type { TlsOptions } from '@limpet/contract';

/** Mozilla's "intermediate" configuration, as CloudStack writes it since it terminates TLS. */
export const INTERMEDIATE_TLS = [
  'ssl-min-ver TLSv1.2',
  'no-tls-tickets',
  'ciphers ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-GCM-SHA256',
  'ciphersuites TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256',
].join(' ');

/** Words that take a version away, and the one above it. */
const lowestLeft: Readonly<Record<string, NonNullable<TlsOptions['minVersion']>>> = {
  'no-sslv3': 'TLSv1.0',
  'no-tlsv10': 'TLSv1.1',
  'no-tlsv11': 'TLSv1.2',
  'no-tlsv12': 'TLSv1.3',
};

/** Words with a value. The version is checked by whoever makes a record of the result. */
const settings: Readonly<Record<string, (value: string) => TlsOptions>> = {
  alpn: (value) => ({ http2: value.split(',').includes('h2') }),
  'ssl-min-ver': (value) => ({ minVersion: value as NonNullable<TlsOptions['minVersion']> }),
  ciphers: (ciphers) => ({ ciphers }),
  ciphersuites: (ciphersuites) => ({ ciphersuites }),
};

/**
 * Reads the TLS options that CloudStack appends to a bind and to servers of an `ssl` rule (HAProxyConfigurator), and
 * HAProxy's own words for the same. Their order says nothing: of the words that take versions away the highest counts,
 * and none beside `ssl-min-ver`, as in HAProxy.
 *
 * @returns what they say, and the words after them
 */
export function readTlsOptions(words: readonly string[]): { tls: TlsOptions; left: readonly string[] } {
  let tls: TlsOptions = {};
  let lowest: TlsOptions = {};
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at]!;
    const value = words[at + 1];
    if (word === 'no-tls-tickets') tls = { ...tls, tickets: false };
    else if (Object.hasOwn(lowestLeft, word)) {
      const minVersion = lowestLeft[word]!;
      if (minVersion > (lowest.minVersion ?? '')) lowest = { minVersion };
    } else if (Object.hasOwn(settings, word) && value !== undefined) {
      tls = { ...tls, ...settings[word]!(value) };
      at++;
    } else break;
  }
  return { tls: { ...lowest, ...tls }, left: words.slice(at) };
}
