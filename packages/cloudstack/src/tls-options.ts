/** What CloudStack appends to a bind and to servers of an `ssl` rule (HAProxyConfigurator, SSL_CONFIGURATION_INTERMEDIATE). */
const settings = ['alpn', 'ssl-min-ver', 'ciphers', 'ciphersuites'];
const flags = ['no-tls-tickets', 'no-sslv3', 'no-tlsv10', 'no-tlsv11'];

/** Mozilla's "intermediate" configuration, as CloudStack writes it since it terminates TLS. */
export const INTERMEDIATE_TLS = [
  'ssl-min-ver TLSv1.2',
  'no-tls-tickets',
  'ciphers ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-GCM-SHA256',
  'ciphersuites TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256',
].join(' ');

/** How many words from the start are TLS options, which are the router's own affair, and what follows them. */
export function tlsOptions(words: readonly string[]): { left: readonly string[] } {
  let at = 0;
  while (at < words.length) {
    if (flags.includes(words[at]!)) at += 1;
    else if (settings.includes(words[at]!) && words[at + 1] !== undefined) at += 2;
    else break;
  }
  return { left: words.slice(at) };
}
