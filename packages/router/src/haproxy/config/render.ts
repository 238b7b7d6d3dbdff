import { createHash } from 'node:crypto';
import { type Capabilities, renderConfig, type Section, section, type Word } from '@limpet/haproxy';
import { modeOf } from '../../mode.ts';
import { defaultHaproxy } from './default-haproxy.ts';
import { defaultsLines, globalLines } from './global-lines.ts';
import { fixedLines, runtimeLines, staticLines } from './listen-section.ts';
import { configHashVariable, peersName } from './names.ts';
import { localPeerName, peersLines } from './pair.ts';
import type { RouterPaths } from './paths.ts';
import type { ProxySpec } from './proxy-spec.ts';
import { waitScriptLines, workerAgeLines } from './resync-wait.ts';
import type { RouterSettings } from './settings.ts';
import { statisticsSection } from './statistics.ts';

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

/** For whom the files are: what HAProxy is told beside the rules, where its files are, and what it can do. */
interface Target {
  settings: RouterSettings;
  paths: RouterPaths;
  haproxy: Capabilities;
}

const fixedSections = ({ settings, paths, haproxy }: Target, configHash: string, http: boolean): Section[] => [
  section('global', undefined, [
    ...globalLines(settings),
    ['setenv', configHashVariable, configHash],
    ['localpeer', localPeerName(settings)],
    ...(haproxy.supported.has('httpClient') ? withoutClientCas : []),
    ...workerAgeLines(haproxy),
    ...(http ? waitScriptLines(paths) : []),
    ['maxconn', settings.maxConnections],
    ['stats', 'socket', paths.statsSocket, 'mode', '600', 'level', 'admin', 'expose-fd', 'listeners'],
  ]),
  section('defaults', undefined, [
    ...defaultsLines(settings),
    ['retries', 3],
    ['option', 'redispatch'],
    ['option', 'dontlognull'],
    // Counters by listener, so that probes are not counted as clients.
    ['option', 'socket-stats'],
  ]),
  section('peers', peersName, peersLines(settings)),
  ...settings.statistics.map(statisticsSection),
];

/** One rule's part of the files. */
interface RuleText {
  /** Digest of its static lines. */
  digest: string;
  section: string;
  mapLine: string;
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const ruleText = (rule: ProxySpec, { settings, paths, haproxy }: Target): RuleText => {
  const text = (lines: readonly (readonly Word[])[]): string =>
    renderConfig({ sections: [section('listen', rule.proxy, lines)] });
  return {
    digest: digestOf(text(fixedLines(rule, paths, settings, haproxy))),
    section: text([...staticLines(rule, paths, settings, haproxy), ...runtimeLines(rule, settings)]),
    mapLine: `${rule.proxy} ${rule.stick}\n`,
  };
};

/** Cached texts of specs, by identity, so that the cost of a change does not grow with the number of rules. */
const cachedTexts = new WeakMap<
  Capabilities,
  WeakMap<RouterPaths, WeakMap<RouterSettings, WeakMap<ProxySpec, RuleText>>>
>();

const inner = <K extends object, V extends object>(map: WeakMap<K, V>, key: K, create: () => V): V => {
  const found = map.get(key) ?? create();
  map.set(key, found);
  return found;
};

const cachedText = (rule: ProxySpec, target: Target): RuleText => {
  const { settings, paths, haproxy } = target;
  const ofHaproxy = inner(cachedTexts, haproxy, () => new WeakMap());
  const ofPaths = inner(ofHaproxy, paths, () => new WeakMap());
  const ofSettings = inner(ofPaths, settings, () => new WeakMap<ProxySpec, RuleText>());
  return inner(ofSettings, rule, () => ruleText(rule, target));
};

/** The files for these rules. Pure: the same rules give the same bytes, whatever the router did before. */
export function renderFiles(
  rules: readonly ProxySpec[],
  settings: RouterSettings,
  paths: RouterPaths,
  haproxy: Capabilities = defaultHaproxy,
): RenderedFiles {
  const target = { settings, paths, haproxy };
  const http = rules.some(({ rule }) => modeOf(rule) === 'http');
  const texts = rules.map((rule) => cachedText(rule, target));
  const fixed = (configHash: string): string => renderConfig({ sections: fixedSections(target, configHash, http) });
  const configHash = digestOf([digestOf(fixed('mark')), ...texts.map(({ digest }) => digest)].join()).slice(0, 16);
  return {
    config: [fixed(configHash), ...texts.map((text) => text.section)].join('\n'),
    stickMap: texts.map(({ mapLine }) => mapLine).join(''),
    configHash,
  };
}
