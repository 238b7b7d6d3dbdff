import { HaproxyError } from '../errors.ts';

/** A keyword on a `bind` or `server` line, with its value if it takes one. */
export interface Option {
  keyword: string;
  value?: string;
}

/** The keywords that a line takes: `alone`, or with one value. */
export interface OptionTable {
  alone: ReadonlySet<string>;
  valued: ReadonlySet<string>;
}

const wordsOf = (rows: readonly string[]): ReadonlySet<string> => new Set(rows.flatMap((row) => row.split(' ')));

/** As `haproxy -dKcfg` of 2.6.12 lists them; of newer ones `guid` and `hash-key` (3.0), and `shard` of a peer. `source` takes several values. */
export const serverOptions: OptionTable = {
  alone: wordsOf([
    'agent-check allow-0rtt backup check check-send-proxy check-ssl check-via-socks4 disabled enabled force-sslv3',
    'force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13 no-agent-check no-backup no-check no-check-send-proxy',
    'no-check-ssl no-send-proxy no-send-proxy-v2 no-send-proxy-v2-ssl no-send-proxy-v2-ssl-cn no-ssl no-ssl-reuse',
    'no-sslv3 no-tfo no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13 non-stick send-proxy',
    'send-proxy-v2 send-proxy-v2-ssl send-proxy-v2-ssl-cn ssl ssl-reuse stick tfo tls-tickets',
  ]),
  valued: wordsOf([
    'addr agent-addr agent-inter agent-port agent-send alpn ca-file check-alpn check-proto check-sni ciphers',
    'ciphersuites cookie crl-file crt downinter error-limit fall fastinter guid hash-key id init-addr inter log-proto',
    'max-reuse maxconn maxqueue minconn namespace npn observe on-error on-marked-down on-marked-up pool-low-conn',
    'pool-max-conn pool-purge-delay port proto proxy-v2-options redir resolve-net resolve-opts resolve-prefer resolvers',
    'rise shard slowstart sni socks4 ssl-max-ver ssl-min-ver tcp-ut track verify verifyhost weight ws',
  ]),
};

/** As `haproxy -dKcfg` of 2.6.12 lists them; of newer ones `guid` (3.0). */
export const bindOptions: OptionTable = {
  alone: wordsOf([
    'accept-proxy allow-0rtt defer-accept force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13',
    'generate-certificates no-ca-names no-sslv3 no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13',
    'prefer-client-ciphers ssl strict-sni tfo transparent v4v6 v6only',
  ]),
  valued: wordsOf([
    'accept-netscaler-cip alpn backlog ca-file ca-ignore-err ca-sign-file ca-sign-pass ca-verify-file ciphers',
    'ciphersuites crl-file crt crt-ignore-err crt-list curves ecdhe expose-fd gid group guid id interface level maxconn',
    'mode mss name namespace nice npn process proto severity-output shards ssl-max-ver ssl-min-ver tcp-ut thread',
    'tls-ticket-keys uid user verify',
  ]),
};

/**
 * Reads options in their order.
 *
 * @throws HaproxyError `HAPROXY_CONFIG_SYNTAX` for a keyword that is not in the table, and for a missing value.
 */
export function readOptions(words: readonly string[], { alone, valued }: OptionTable): Option[] {
  const options: Option[] = [];
  for (let at = 0; at < words.length; at++) {
    const keyword = words[at]!;
    if (alone.has(keyword)) {
      options.push({ keyword });
      continue;
    }
    if (!valued.has(keyword)) throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `"${keyword}" is no option known here`);
    const value = words[++at];
    if (value === undefined) throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `"${keyword}" needs a value`);
    options.push({ keyword, value });
  }
  return options;
}

/**
 * The words of options.
 *
 * @throws HaproxyError `HAPROXY_CONFIG_SYNTAX` for a keyword that is not in the table, and for a value too many or too few.
 */
export function optionWords(options: readonly Option[], table: OptionTable): string[] {
  const words = options.flatMap(({ keyword, value }) => (value === undefined ? [keyword] : [keyword, value]));
  if (readOptions(words, table).length === options.length) return words;
  throw new HaproxyError('HAPROXY_CONFIG_SYNTAX', `"${words.join(' ')}": an option has a value that it does not take`);
}
