import { createHash } from 'node:crypto';
import { type Capabilities, linesText, renderConfig, type Section, section, token, type Word } from '@limpet/haproxy';
import { modeOf } from '../../mode.ts';
import { defaultHaproxy } from './default-haproxy.ts';
import { defaultsLines, globalLines } from './global-lines.ts';
import { fixedServerLines, runtimeLines, staticLines } from './listen-section.ts';
import { configHashVariable, globalFile, peersName, ruleFile, ruleFileCount } from './names.ts';
import { localPeerName, peersLines } from './pair.ts';
import type { RouterPaths } from './paths.ts';
import type { ProxySpec } from './proxy-spec.ts';
import { waitScriptLines, workerAgeLines } from './resync-wait.ts';
import type { RouterSettings } from './settings.ts';
import { statisticsSection } from './statistics.ts';

export { peersName, probeListener, publicListener } from './names.ts';

/** The files that HAProxy reads. */
export interface RenderedFiles {
  /** By name, the files of the configuration's folder. A change of a rule's members changes one small file. */
  config: ReadonlyMap<string, string>;
  /** One line `proxy source|none` for every rule, so that the CLI's `set map` always finds an entry. */
  stickMap: string;
  /**
   * Digest of all that only a reload can change: everything but the servers, the limits of connections and the map. The
   * worker carries it as an environment variable, so that `show env` tells which static configuration it runs (after a
   * failed reload: the old one).
   */
  configHash: string;
}

/** The configuration as one text, as HAProxy reads it. */
export const configText = ({ config }: Pick<RenderedFiles, 'config'>): string => [...config.values()].join('\n');

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
  id: string;
  /** The number of its file. */
  file: number;
  /** Digest of its static lines. */
  digest: string;
  section: string;
  mapLine: string;
  http: boolean;
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const ruleText = (rule: ProxySpec, { settings, paths, haproxy }: Target): RuleText => {
  const begin = `listen ${token(rule.proxy)}\n${linesText(staticLines(rule, paths, settings, haproxy))}`;
  return {
    id: rule.id,
    file: Number.parseInt(digestOf(rule.proxy).slice(0, 8), 16) % ruleFileCount,
    digest: digestOf(begin + linesText(fixedServerLines(rule, haproxy))),
    section: begin + linesText(runtimeLines(rule, settings)),
    mapLine: `${rule.proxy} ${rule.stick}\n`,
    http: modeOf(rule.rule) === 'http',
  };
};

/** What the rules of one file make together. */
interface FileText extends Omit<RuleText, 'id' | 'file'> {
  rules: readonly RuleText[];
}

const fileText = (rules: readonly RuleText[]): FileText => ({
  rules,
  digest: digestOf(rules.map(({ digest }) => digest).join()),
  section: rules.map((rule) => rule.section).join('\n'),
  mapLine: rules.map(({ mapLine }) => mapLine).join(''),
  http: rules.some(({ http }) => http),
});

/** What is derived from the rules of one target, cached by identity: the cost of a change is that of its own file. */
interface Cache {
  texts: WeakMap<ProxySpec, RuleText>;
  /** Those of the last list of rules. */
  files: readonly FileText[];
  last: { rules: readonly ProxySpec[]; files: RenderedFiles } | undefined;
}

const caches = new WeakMap<Capabilities, WeakMap<RouterPaths, WeakMap<RouterSettings, Cache>>>();

const inner = <K extends object, V extends object>(map: WeakMap<K, V>, key: K, create: () => V): V => {
  const found = map.get(key) ?? create();
  map.set(key, found);
  return found;
};

const cacheOf = ({ settings, paths, haproxy }: Target): Cache => {
  const ofHaproxy = inner(caches, haproxy, () => new WeakMap());
  const ofPaths = inner(ofHaproxy, paths, () => new WeakMap());
  return inner(ofPaths, settings, () => ({ texts: new WeakMap(), files: [], last: undefined }));
};

/** The files for these rules. Pure: the same rules give the same bytes, whatever the router did before. */
export function renderFiles(
  rules: readonly ProxySpec[],
  settings: RouterSettings,
  paths: RouterPaths,
  haproxy: Capabilities = defaultHaproxy,
): RenderedFiles {
  const target = { settings, paths, haproxy };
  const cache = cacheOf(target);
  if (cache.last?.rules !== rules) {
    cache.files = fileTexts(rules, target, cache);
    cache.last = { rules, files: filesOf(cache.files, target) };
  }
  return cache.last.files;
}

/** Lines of a file that are there for one rule, or for all of them. Its first and its last line count from 1. */
export interface LineRange {
  first: number;
  last: number;
  /** The rule's id; undefined: HAProxy is told this beside the rules. */
  rule: string | undefined;
}

/** By file, what its lines are there for: each line of {@link renderFiles} is in one range, in their order. Pure. */
export function lineRanges(
  rules: readonly ProxySpec[],
  settings: RouterSettings,
  paths: RouterPaths,
  haproxy: Capabilities = defaultHaproxy,
): ReadonlyMap<string, readonly LineRange[]> {
  const { config } = renderFiles(rules, settings, paths, haproxy);
  const { files } = cacheOf({ settings, paths, haproxy });
  const ofRules = files.flatMap((file, number): [string, LineRange[]][] => {
    let next = 1;
    const ranges = file.rules.map(({ id, section }, at): LineRange => {
      const first = next;
      // An empty line parts it from the section after it.
      next += linesIn(section) + (at < file.rules.length - 1 ? 1 : 0);
      return { first, last: next - 1, rule: id };
    });
    return ranges.length === 0 ? [] : [[ruleFile(number), ranges]];
  });
  return new Map([[globalFile, [{ first: 1, last: linesIn(config.get(globalFile)!), rule: undefined }]], ...ofRules]);
}

/** Each ends with a line feed. */
const linesIn = (text: string): number => text.split('\n').length - 1;

/** The texts of each file, empty ones included. */
function fileTexts(rules: readonly ProxySpec[], target: Target, { texts, files }: Cache): FileText[] {
  const byFile = Array.from({ length: ruleFileCount }, (): RuleText[] => []);
  for (const rule of rules) {
    const text = inner(texts, rule, () => ruleText(rule, target));
    byFile[text.file]!.push(text);
  }
  return byFile.map((now, number) => {
    const before = files[number];
    const same = before?.rules.length === now.length && now.every((text, at) => text === before.rules[at]);
    return same ? before : fileText(now);
  });
}

function filesOf(files: readonly FileText[], target: Target): RenderedFiles {
  const http = files.some((file) => file.http);
  const fixed = (configHash: string): string => renderConfig({ sections: fixedSections(target, configHash, http) });
  const configHash = digestOf([fixed('mark'), ...files.map(({ digest }) => digest)].join()).slice(0, 16);
  const ofRules = files.flatMap(({ section }, number): [string, string][] =>
    section === '' ? [] : [[ruleFile(number), section]],
  );
  return {
    config: new Map([[globalFile, fixed(configHash)], ...ofRules]),
    stickMap: files.map(({ mapLine }) => mapLine).join(''),
    configHash,
  };
}
