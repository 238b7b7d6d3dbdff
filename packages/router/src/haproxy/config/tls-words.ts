import type { TlsOptions } from '@limpet/contract';
import type { Word } from '@limpet/haproxy';

/**
 * Options of a `bind ... ssl`. All stand on the line itself: what `ssl-default-bind-options` switches off, no line can
 * switch on again (2.6.12).
 *
 * @param router the router's setting, for what the rule does not say.
 */
export function tlsWords(router: TlsOptions, rule: TlsOptions = {}): readonly Word[] {
  const { minVersion, ciphers, ciphersuites, tickets, http2 } = { ...router, ...rule };
  return [
    // Later versions offer HTTP/2 without being told.
    ...(http2 === undefined ? [] : ['alpn', http2 ? 'h2,http/1.1' : 'http/1.1']),
    ...(minVersion === undefined ? [] : ['ssl-min-ver', minVersion]),
    ...(tickets === false ? ['no-tls-tickets'] : []),
    ...(ciphers === undefined ? [] : ['ciphers', ciphers]),
    ...(ciphersuites === undefined ? [] : ['ciphersuites', ciphersuites]),
  ];
}
