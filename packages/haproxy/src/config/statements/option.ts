import { type Codec, expectWords, oneOf, syntax } from './codec.ts';

/** `option NAME` and what it may be followed by (configuration.txt 4.2, and `haproxy -dKcfg` of 2.6.12). */
const optionNames = [
  ...['abortonclose', 'accept-invalid-http-request', 'accept-invalid-http-response', 'allbackups', 'checkcache'],
  ...['clitcpka', 'contstats', 'disable-h2-upgrade', 'dontlog-normal', 'dontlognull', 'external-check', 'forwardfor'],
  ...['h1-case-adjust-bogus-client', 'h1-case-adjust-bogus-server', 'http-buffer-request', 'http-ignore-probes'],
  ...['http-keep-alive', 'http-no-delay', 'http-pretend-keepalive', 'http-restrict-req-hdr-names', 'http-server-close'],
  ...['http-use-proxy-header', 'httpchk', 'httpclose', 'httplog', 'httpslog', 'idle-close-on-response'],
  ...['independent-streams', 'ldap-check', 'log-health-checks', 'log-separate-errors', 'logasap', 'mysql-check'],
  ...['nolinger', 'originalto', 'persist', 'pgsql-check', 'prefer-last-server', 'redis-check', 'redispatch', 'smtpchk'],
  ...['socket-stats', 'splice-auto', 'splice-request', 'splice-response', 'spop-check', 'srvtcpka', 'ssl-hello-chk'],
  ...['tcp-check', 'tcp-smart-accept', 'tcp-smart-connect', 'tcpka', 'tcplog', 'transparent'],
] as const;

/** `[no] option NAME [ARGUMENTS]`. */
export interface OptionStatement {
  keyword: 'option';
  name: (typeof optionNames)[number];
  enabled: boolean;
  /** As `GET /health` of httpchk. */
  arguments: string[];
}

/** `option NAME [ARGUMENTS]`. */
export const optionCodec: Codec<OptionStatement> = {
  read: ([name, ...words]) => ({
    keyword: 'option',
    name: oneOf(optionNames, name, 'option'),
    enabled: true,
    arguments: words,
  }),
  write: (option) => [option.name, ...option.arguments],
};

const checkActions = [
  'comment',
  'connect',
  'disable-on-404',
  'expect',
  'send',
  'send-state',
  'set-var',
  'unset-var',
] as const;

/** `http-check ACTION ...` (configuration.txt 4.2). */
export interface HttpCheckStatement {
  keyword: 'http-check';
  action: (typeof checkActions)[number];
  arguments: string[];
}

/** `http-check ACTION [ARGUMENTS]`. */
export const httpCheckCodec: Codec<HttpCheckStatement> = {
  read([first, ...words]) {
    const action = oneOf(checkActions, first, 'http-check action');
    if ((action === 'send' || action === 'expect') && words.length === 0) throw syntax(`"${action}" needs arguments`);
    return { keyword: 'http-check', action, arguments: words };
  },
  write: (check) => [check.action, ...check.arguments],
};

/** Settings of `stats`, with the least and the most words after them. */
const statsSettings = {
  admin: [2, Number.POSITIVE_INFINITY],
  auth: [1, 1],
  'bind-process': [1, Number.POSITIVE_INFINITY],
  enable: [0, 0],
  'hide-version': [0, 0],
  'http-request': [1, Number.POSITIVE_INFINITY],
  maxconn: [1, 1],
  realm: [1, 1],
  refresh: [1, 1],
  scope: [1, 1],
  'show-desc': [0, Number.POSITIVE_INFINITY],
  'show-legends': [0, 0],
  'show-modules': [0, 0],
  'show-node': [0, 1],
  socket: [1, Number.POSITIVE_INFINITY],
  timeout: [1, 1],
  uri: [1, 1],
} as const;

/** `stats SETTING ...`: of the statistics page in a proxy, of the CLI's sockets in `global`. */
export interface StatsStatement {
  keyword: 'stats';
  setting: keyof typeof statsSettings;
  arguments: string[];
}

/** `stats SETTING [ARGUMENTS]`. */
export const statsCodec: Codec<StatsStatement> = {
  read([first, ...words]) {
    const setting = oneOf(Object.keys(statsSettings) as StatsStatement['setting'][], first, 'stats setting');
    const [least, most] = statsSettings[setting];
    expectWords(words, least, most);
    return { keyword: 'stats', setting, arguments: words };
  },
  write: (stats) => [stats.setting, ...stats.arguments],
};
