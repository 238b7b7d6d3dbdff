import { createHash } from 'node:crypto';
import { renderConfig, type Section, section, type Word } from '@limpet/haproxy';
import { modeOf } from '../../mode.ts';
import { runtimeLines, staticLines } from './listen-section.ts';
import { configHashVariable, peersName } from './names.ts';
import type { RouterPaths } from './paths.ts';
import type { ProxySpec } from './proxy-spec.ts';
import { waitScriptLines } from './resync-wait.ts';
import type { RouterSettings } from './settings.ts';
import { statsSection } from './stats-page.ts';

export { peersName, probeListener, publicListener } from './names.ts';

/** The files that HAProxy reads. */
export interface RenderedFiles {
  config: string;
  /** One line `proxy source|none` for every rule, so that the CLI's `set map` always finds an entry. */
  stickMap: string;
  /**
   * Digest of all that only a reload can change: everything but the servers, the limits of connections and the map. The
   * worker carries it as an environment variable, so that `show env` tells which static configuration it runs (after a
   * failed reload: the old one).
   */
  configHash: string;
}

/**
 * HAProxy reads the certificates of all CAs whenever it reads its configuration, for an HTTP client that no rule uses:
 * two thirds of the time of a check, a start and a reload of a small configuration (2.6.12).
 */
const withoutClientCas: readonly (readonly Word[])[] = [
  ['.if', 'feature(OPENSSL)'],
  ['httpclient.ssl.verify', 'none'],
  ['.endif'],
];

const fixedSections = (settings: RouterSettings, paths: RouterPaths, configHash: string, http: boolean): Section[] => [
  section('global', undefined, [
    ...Object.entries(settings.identity).map(([keyword, value]) => [keyword, value]),
    ['setenv', configHashVariable, configHash],
    ['localpeer', peersName],
    ...withoutClientCas,
    ...(http ? waitScriptLines(paths) : []),
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
    // Counters by listener, so that probes are not counted as clients.
    ['option', 'socket-stats'],
  ]),
  section('peers', peersName, [['peer', peersName, `127.0.0.1:${settings.peersPort}`]]),
  ...(settings.statsPage ? [statsSection(settings.statsPage)] : []),
];

/** One rule's part of the files. */
interface RuleText {
  /** Digest of its static lines. */
  digest: string;
  section: string;
  mapLine: string;
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const ruleText = (rule: ProxySpec, settings: RouterSettings, paths: RouterPaths): RuleText => {
  const staticPart = staticLines(rule, paths);
  const text = (lines: readonly (readonly Word[])[]): string =>
    renderConfig({ sections: [section('listen', rule.proxy, lines)] });
  return {
    digest: digestOf(text(staticPart)),
    section: text([...staticPart, ...runtimeLines(rule, settings)]),
    mapLine: `${rule.proxy} ${rule.stick}\n`,
  };
};

/** Cached texts of specs, by identity, so that the cost of a change does not grow with the number of rules. */
const cachedTexts = new WeakMap<RouterPaths, WeakMap<ProxySpec, RuleText>>();

const cachedText = (rule: ProxySpec, settings: RouterSettings, paths: RouterPaths): RuleText => {
  const texts = cachedTexts.get(paths) ?? new WeakMap<ProxySpec, RuleText>();
  cachedTexts.set(paths, texts);
  const text = texts.get(rule) ?? ruleText(rule, settings, paths);
  texts.set(rule, text);
  return text;
};

/** The files for these rules. Pure: the same rules give the same bytes, whatever the router did before. */
export function renderFiles(rules: readonly ProxySpec[], settings: RouterSettings, paths: RouterPaths): RenderedFiles {
  const http = rules.some(({ rule }) => modeOf(rule) === 'http');
  const texts = rules.map((rule) => cachedText(rule, settings, paths));
  const fixed = (configHash: string): string =>
    renderConfig({ sections: fixedSections(settings, paths, configHash, http) });
  const configHash = digestOf([digestOf(fixed('mark')), ...texts.map(({ digest }) => digest)].join()).slice(0, 16);
  return {
    config: [fixed(configHash), ...texts.map((text) => text.section)].join('\n'),
    stickMap: texts.map(({ mapLine }) => mapLine).join(''),
    configHash,
  };
}
