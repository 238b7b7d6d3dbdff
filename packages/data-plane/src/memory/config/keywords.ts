import type { Capability } from '@limpet/haproxy';

/** Keywords of HAProxy 2.6 (configuration.txt 3, 4.1 and 5.2; `haproxy -dKcfg`). Any other is a config error. */

function words(...rows: string[]): ReadonlySet<string> {
  return new Set(rows.flatMap((row) => row.split(' ')));
}

/** Keywords of `global` sections. */
export const globalKeywords = words(
  '51degrees-cache-size anonkey busy-polling ca-base chroot close-spread-time cluster-secret cpu-map crt-base daemon',
  'default-path description deviceatlas-json-file expose-experimental-directives external-check fd-hard-limit gid grace',
  'group h1-accept-payload-with-any-method h1-case-adjust h1-case-adjust-file h2-workaround-bogus-websocket-clients',
  'hard-stop-after insecure-fork-wanted insecure-setuid-wanted issuers-chain-path localpeer log log-send-hostname log-tag',
  'lua-load lua-load-per-thread lua-prepend-path master-worker max-spread-checks maxcompcpuusage maxcomprate maxconn',
  'maxconnrate maxpipes maxsessrate maxsslconn maxsslrate maxzlibmem mworker-max-reloads nbproc nbthread node noepoll',
  'noevports nogetaddrinfo nokqueue nopoll noreuseport nosplice no-memory-trimming numa-cpu-mapping pidfile',
  'pp2-never-send-local presetenv profiling.tasks quiet resetenv server-state-base server-state-file set-dumpable set-var',
  'set-var-fmt setenv spread-checks ssl-default-bind-ciphers ssl-default-bind-ciphersuites ssl-default-bind-curves',
  'ssl-default-bind-options ssl-default-server-ciphers ssl-default-server-ciphersuites ssl-default-server-options',
  'ssl-dh-param-file ssl-load-extra-del-ext ssl-load-extra-files ssl-mode-async ssl-propquery ssl-provider',
  'ssl-provider-path ssl-server-verify ssl-skip-self-issued-ca stats strict-limits thread-group thread-groups uid',
  'ulimit-n unix-bind unsetenv user wurfl-data-file zero-warning',
);

/** Keywords of `defaults` and `listen` sections. */
export const listenKeywords = words(
  'acl backlog balance bind capture clitcpka-cnt clitcpka-idle clitcpka-intvl compression cookie declare default-server dynamic-cookie-key',
  'default_backend description disabled dispatch email-alert enabled errorfile errorfiles errorloc errorloc302',
  'errorloc303 filter force-persist fullconn guid hash-type http-after-response http-check http-error http-request',
  'http-response http-reuse http-send-name-header id ignore-persist load-server-state-from-file log log-format',
  'log-format-sd log-tag max-keep-alive-queue maxconn mode monitor monitor-uri option external-check persist rate-limit',
  'redirect retries retry-on server server-state-file-name server-template source srvtcpka-cnt srvtcpka-idle',
  'srvtcpka-intvl stats stick stick-table tcp-check tcp-request tcp-response timeout transparent unique-id-format',
  'unique-id-header use-server use_backend error-log-format',
);

/** Keywords of `peers` sections. */
export const peersKeywords = words('bind default-bind default-server disabled enabled log peer server shards table');

/** Names that `option` and `no option` take in HAProxy 2.6. */
export const options = words(
  'abortonclose accept-invalid-http-request accept-invalid-http-response allbackups checkcache clitcpka contstats',
  'disable-h2-upgrade dontlog-normal dontlognull external-check forwardfor h1-case-adjust-bogus-client',
  'h1-case-adjust-bogus-server http-buffer-request http-ignore-probes http-keep-alive http-no-delay',
  'http-pretend-keepalive http-restrict-req-hdr-names http-server-close http-use-proxy-header http_proxy httpchk',
  'httpclose httplog httpslog independant-streams independent-streams idle-close-on-response ldap-check log-health-checks',
  'log-separate-errors logasap mysql-check nolinger originalto persist pgsql-check prefer-last-server redis-check',
  'redispatch smtpchk socket-stats splice-auto splice-request splice-response spop-check srvtcpka ssl-hello-chk',
  'tcp-check tcp-smart-accept tcp-smart-connect tcpka tcplog transparent',
);

/** Removed keywords with HAProxy's message, since configurations of old CloudStack versions still have them. */
export const removed: Readonly<Record<string, string>> = {
  appsession: "'appsession' is not supported anymore since HAProxy 1.6.",
  'option forceclose':
    "option 'forceclose' is not supported any more since HAProxy 2.0, please just remove it, or use 'option httpclose' if absolutely needed.",
};

/** Server keywords without a value. */
export const serverFlags = words(
  'agent-check allow-0rtt backup check check-send-proxy check-ssl check-via-socks4 disabled enabled no-agent-check',
  'no-backup no-check no-check-ssl no-send-proxy no-send-proxy-v2 no-ssl no-tls-tickets non-stick send-proxy',
  'send-proxy-v2 ssl ssl-reuse no-ssl-reuse stick tfo',
);

/** Server keywords with one value. */
export const serverSettings = words(
  'addr agent-addr agent-inter agent-port agent-send alpn ca-file check-alpn check-proto check-sni ciphers ciphersuites',
  'cookie crt',
  'downinter error-limit fall fastinter id init-addr inter log-proto max-reuse maxconn maxqueue minconn namespace',
  'observe on-error on-marked-down on-marked-up pool-low-conn pool-max-conn pool-purge-delay port proto redir resolvers',
  'resolve-net resolve-opts resolve-prefer rise shard slowstart sni socks4 source ssl-min-ver tcp-ut track verify verifyhost weight ws',
);

/** What a HAProxy needs that knows this keyword of a section; undefined: every known version has it. */
export function keywordNeeds(section: string, keyword: string): Capability | undefined {
  if (/^\.(if|elif|else|endif)$/.test(keyword)) return 'conditionalLines';
  if (section !== 'global') return undefined;
  if (keyword === 'set-var') return 'globalVariables';
  return keyword.startsWith('httpclient.') ? 'httpClient' : undefined;
}
