import type { Line, Section } from '@limpet/haproxy';
import { type Capabilities, HaproxyError, parseConfig } from '@limpet/haproxy';
import { readCertificate } from '../certificate.ts';
import { compileGlobal } from './global.ts';
import { globalKeywords, keywordNeeds, listenKeywords, options, peersKeywords, removed } from './keywords.ts';
import { compileListen } from './listen.ts';
import type { ConfigSpec, ProxySpec } from './spec.ts';

/** The result of `haproxy -c`: the configuration, or the alerts. */
export type Compiled = { ok: true; config: ConfigSpec } | { ok: false; alerts: string[] };

const known = { global: globalKeywords, defaults: listenKeywords, listen: listenKeywords, peers: peersKeywords };

/**
 * Reads a configuration as HAProxy 2.6 does: it checks every line, reports all alerts, and rejects the file when there
 * is one. A feature of HAProxy that the emulator does not support (frontends, ACLs on headers) is an alert, too, which
 * says so.
 *
 * @param capabilities those of the version that reads it; default: no keyword of 2.6 is missing
 * @param readFile reads map and certificate files, which are part of the configuration: a missing one is an alert.
 */
export function compileConfig(
  text: string,
  readFile: (path: string) => string | undefined,
  capabilities?: Capabilities,
): Compiled {
  const alerts: string[] = [];
  const guard = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof HaproxyError)) throw error;
      alerts.push(error.message);
      return undefined;
    }
  };
  const file = guard(() => parseConfig(text));
  if (!file) return { ok: false, alerts };

  const proxies: ProxySpec[] = [];
  const mapPaths = new Set<string>();
  const defaults = new Map<string, Section>();
  let latest: Section | undefined;
  for (const section of file.sections) {
    for (const line of section.lines) alerts.push(...lineAlerts(section, line, capabilities));
    if (section.kind === 'defaults') {
      latest = section;
      if (section.name !== undefined) defaults.set(section.name, section);
    }
    if (section.kind !== 'listen') continue;
    const name = section.name ?? '';
    if (proxies.some((proxy) => proxy.name === name))
      alerts.push(`proxy '${name}' has the same name as proxy '${name}'.`);
    const inherited = section.from === undefined ? latest : defaults.get(section.from);
    const proxy = guard(() => compileListen(section, inherited, mapPaths, alerts));
    if (proxy) proxies.push(proxy);
  }
  const peersSections = new Set(file.sections.filter(({ kind }) => kind === 'peers').map(({ name }) => name));
  for (const proxy of proxies) {
    const { peers } = proxy.table ?? {};
    if (peers !== undefined && !peersSections.has(peers)) {
      alerts.push(`Proxy '${proxy.name}': unable to find sync peers '${peers}'.`);
    }
    for (const { table } of proxy.stick) {
      if (!proxies.some((other) => other.name === table && other.table)) {
        alerts.push(`Proxy '${proxy.name}': unable to find stick-table '${table}'.`);
      }
    }
  }
  const maps = new Map<string, string>();
  for (const path of mapPaths) {
    const content = readFile(path);
    if (content === undefined) alerts.push(`failed to open pattern file <${path}>.`);
    else maps.set(path, content);
  }
  const certificates = new Map<string, string>();
  for (const path of proxies.flatMap(({ binds }) =>
    binds.flatMap((bind) => ('certificate' in bind ? [bind.certificate!] : [])),
  )) {
    const content = readFile(path);
    if (content === undefined || !readCertificate(content).ok) {
      alerts.push(`unable to load certificate from file '${path}'.`);
    } else certificates.set(path, content);
  }
  const global = compileGlobal(file.sections);
  return alerts.length > 0 ? { ok: false, alerts } : { ok: true, config: { ...global, maps, certificates, proxies } };
}

function lineAlerts(section: Section, line: Line, capabilities: Capabilities | undefined): string[] {
  const [keyword = '', second = ''] = line.words[0] === 'no' ? line.words.slice(1) : line.words;
  const kind = section.kind as keyof typeof known;
  if (!Object.hasOwn(known, kind)) {
    return [
      `section '${section.kind}' is not modelled by the HAProxy in memory: use global, defaults, listen and peers.`,
    ];
  }
  const obsolete = removed[keyword] ?? removed[`${keyword} ${second}`];
  if (obsolete !== undefined) return [obsolete];
  const needed = keywordNeeds(kind, keyword);
  if (capabilities && needed && !capabilities.supported.has(needed)) return [unknownKeyword(section, keyword)];
  // Tuning keywords of `global` are not listed: which of them exist depends on HAProxy's build.
  if (kind === 'global' && /^(tune|httpclient)\.|^\.(if|endif)$/.test(keyword)) return [];
  if (!known[kind].has(keyword)) return [unknownKeyword(section, keyword)];
  if (keyword === 'option' && !options.has(second)) return [`unknown option '${second}'.`];
  return [];
}

const unknownKeyword = ({ kind }: Section, keyword: string): string =>
  `unknown keyword '${keyword}' in '${kind}' section`;
