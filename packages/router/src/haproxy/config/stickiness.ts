import type { AppCookie, LbCookie } from '@limpet/contract';
import type { Capabilities, Word } from '@limpet/haproxy';
import { modeOf } from '../../mode.ts';
import { peersName } from './names.ts';
import type { RouterPaths } from './paths.ts';
import type { ProxySpec } from './proxy-spec.ts';
import { waitForResync } from './resync-wait.ts';

type Lines = readonly (readonly Word[])[];

const sourceTable = ({ rule, table }: ProxySpec, paths: RouterPaths, haproxy: Capabilities): Lines => [
  ...waitForResync(paths, haproxy, modeOf(rule)),
  ['stick-table', 'type', 'ip', 'size', table.tableSize, 'expire', `${table.expireSeconds}s`, 'peers', peersName],
  ['stick', 'on', 'src', 'if', '{', `be_name,map_str(${paths.stickMap},none)`, '-m', 'str', 'source', '}'],
];

/** Replaces `appsession`, which HAProxy removed in 1.6: a table of the cookie values that members have set. */
const appCookie = (
  { cookieName, length, holdTimeSeconds, requestLearn }: AppCookie,
  paths: RouterPaths,
  haproxy: Capabilities,
): Lines => {
  const size = ['len', length, 'size', appCookieEntries, 'expire', `${holdTimeSeconds}s`];
  return [
    ...waitForResync(paths, haproxy, 'http', true),
    ['stick-table', 'type', 'string', ...size, 'peers', peersName],
    ['stick', 'match', `req.cook(${cookieName})`],
    ['stick', 'store-response', `res.cook(${cookieName})`],
    ...(requestLearn ? [['stick', 'store-request', `req.cook(${cookieName})`]] : []),
  ];
};

const lbCookie = ({ cookieName, mode, ...options }: LbCookie): Lines => [
  [
    'cookie',
    cookieName,
    mode,
    ...(options.indirect ? ['indirect'] : []),
    ...(options.nocache ? ['nocache'] : []),
    ...(options.postonly ? ['postonly'] : []),
    ...options.domains.flatMap((domain) => ['domain', domain]),
  ],
];

/** The lines of a rule's stickiness. Every rule except `AppCookie` ones has a table by source, used or not. */
export function stickinessLines(rule: ProxySpec, paths: RouterPaths, haproxy: Capabilities): Lines {
  const { stickiness } = rule.rule;
  if (stickiness.method === 'AppCookie') return appCookie(stickiness, paths, haproxy);
  const lines = sourceTable(rule, paths, haproxy);
  return stickiness.method === 'LbCookie' ? [...lines, ...lbCookie(stickiness)] : lines;
}

/** Entries of an AppCookie rule's table: CloudStack's default for tables, since its AppCookie has no such parameter. */
export const appCookieEntries = 204_800;
