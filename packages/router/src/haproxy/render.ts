import { createHash } from 'node:crypto';
import { renderConfig, type Section, section } from '@limpet/haproxy';
import { modeOf } from '../mode.ts';
import type { RuleLayout, ServerLayout } from './layout.ts';
import type { RouterPaths } from './paths.ts';
import type { RouterSettings } from './settings.ts';

/** Name of the peers section, of its only peer, and of the environment variable that marks a worker's generation. */
export const peersName = 'limpet';
export const markVariable = 'LIMPET_SKELETON';

/** What a router writes to disk. */
export interface RenderedFiles {
  config: string;
  /** `proxy source|none`, a line each. Every rule has one, so that the CLI's `set map` always finds it. */
  stickMap: string;
  /**
   * Digest of all that only a reload can change: everything but the servers and the map. The worker carries it as an
   * environment variable, so that `show env` tells which skeleton it runs (after a failed reload: the old one).
   */
  mark: string;
}

const balance: Record<RuleLayout['rule']['algorithm'], string[][]> = {
  roundrobin: [['balance', 'roundrobin']],
  leastconn: [['balance', 'leastconn']],
  // Map-based hashing refuses dynamic servers; consistent hashing takes them (measured on 2.6).
  source: [
    ['balance', 'source'],
    ['hash-type', 'consistent'],
  ],
};

const serverWords = ({ name, ip, port, id, weight }: ServerLayout): (string | number)[] => [
  'server',
  name,
  `${ip}:${port}`,
  'id',
  id,
  'weight',
  weight,
  'check',
];

const skeletonOf = ({ rule, proxy, table }: RuleLayout, paths: RouterPaths): (string | number)[][] => [
  ['bind', `${rule.ip}:${rule.port}`],
  // Synthetic clients of the verification come in here and claim an address with the PROXY protocol.
  ['bind', `unix@${paths.probe(proxy)}`, 'mode', '600', 'accept-proxy'],
  ['mode', modeOf(rule)],
  ...balance[rule.algorithm],
  ['stick-table', 'type', 'ip', 'size', table.tableSize, 'expire', `${table.expireSeconds}s`, 'peers', peersName],
  ['stick', 'on', 'src', 'if', '{', `be_name,map_str(${paths.stickMap},none)`, '-m', 'str', 'source', '}'],
];

const fixedSections = (settings: RouterSettings, paths: RouterPaths, mark: string): Section[] => [
  section('global', undefined, [
    ...Object.entries(settings.identity).map(([keyword, value]) => [keyword, value]),
    ['setenv', markVariable, mark],
    ['localpeer', peersName],
    ['maxconn', settings.maxConnections],
    ['stats', 'socket', paths.statsSocket, 'mode', '600', 'level', 'admin', 'expose-fd', 'listeners'],
  ]),
  section('defaults', undefined, [
    ['timeout', 'connect', `${settings.timeouts.connect}s`],
    ['timeout', 'client', `${settings.timeouts.client}s`],
    ['timeout', 'server', `${settings.timeouts.server}s`],
    ['retries', 3],
    ['option', 'redispatch'],
    ['option', 'dontlognull'],
  ]),
  section('peers', peersName, [['peer', peersName, `127.0.0.1:${settings.peersPort}`]]),
];

/** The files for these rules. Pure: the same rules give the same bytes, whatever happened before. */
export function renderFiles(rules: readonly RuleLayout[], settings: RouterSettings, paths: RouterPaths): RenderedFiles {
  const listens = (withServers: boolean): Section[] =>
    rules.map((rule) =>
      section('listen', rule.proxy, [
        ...skeletonOf(rule, paths),
        ...(withServers ? rule.servers.map(serverWords) : []),
      ]),
    );
  const skeleton = renderConfig({ sections: [...fixedSections(settings, paths, 'mark'), ...listens(false)] });
  const mark = createHash('sha256').update(skeleton).digest('hex').slice(0, 16);
  return {
    config: renderConfig({ sections: [...fixedSections(settings, paths, mark), ...listens(true)] }),
    stickMap: rules.map(({ proxy, stick }) => `${proxy} ${stick}\n`).join(''),
    mark,
  };
}
