import { canonicalRule, type HaproxySettings, type RuleRecord } from '@limpet/contract';
import { type DataPlane, readConfigFolder } from '@limpet/data-plane';
import { type Capabilities, capabilitiesOf } from '@limpet/haproxy';
import { type DesiredRule, highestGeneration, type TableShape } from '../../desired.ts';
import { proxyName, ruleId } from '../../names.ts';
import { type Certificates, readCertificates } from '../config/certificates.ts';
import { type RouterPaths, routerPaths } from '../config/paths.ts';
import { toProxySpecs } from '../config/proxy-spec.ts';
import { configText, renderFiles } from '../config/render.ts';
import type { ServerIds } from '../config/server-ids.ts';
import { defaultSettings, haproxySettingsOf, type RouterSettings } from '../config/settings.ts';
import { BlockadeFinder } from '../firewall/blockades.ts';
import { Counters, type RuleCounters } from '../state/counters.ts';
import { emptyStore } from '../state/store.ts';
import { readStoredState } from '../state/stored-state.ts';
import { sections } from './config-parts.ts';
import { type ObservedState, observe } from './observe.ts';

/** The data plane and the folder of a router. */
export interface RouterLocation {
  dataPlane: DataPlane;
  /** The folder of the router's files and sockets. Absolute. */
  dir: string;
}

/** A router as it was read from outside, whether or not a process runs it. Plain data and maps. */
export interface RouterSnapshot {
  /** The host. */
  observed: ObservedState;
  /** Whether a router has ever stored its state here. */
  stored: boolean;
  /** The desired rules, by rule id. */
  wanted: Readonly<Record<string, DesiredRule>>;
  /** The version of each rule that was last verified to be in force, by rule id. */
  verified: Readonly<Record<string, DesiredRule>>;
  /** The version of each rule that HAProxy was given last, verified or not, by rule id. */
  programmed: Readonly<Record<string, DesiredRule>>;
  /** What HAProxy was told last beside the rules. */
  settings: HaproxySettings;
  /** The highest generation that was ever used. */
  generation: number;
  serverIds: ServerIds;
  localAddresses: readonly string[];
  /** Whether HAProxy can bind addresses that the host does not have. */
  bindsNonlocal: boolean;
  /** File descriptors that the host gives to a process. */
  descriptorLimit: number;
  certificates: Certificates;
  /** What the installed HAProxy can do. */
  haproxy: Capabilities;
}

/**
 * Reads a router's files, HAProxy and the packet filter, and changes nothing.
 *
 * @param rules rules that may be applied: the certificates that they name are read as well.
 * @throws RouterError `ROUTER_STATE_UNREADABLE`, HaproxyError `HAPROXY_VERSION`.
 */
export async function inspectRouter(
  { dataPlane, dir }: RouterLocation,
  rules: readonly RuleRecord[] = [],
): Promise<RouterSnapshot> {
  const paths = routerPaths(dir);
  // They start programs, which run while the store is read.
  const [version, localAddresses, bindsNonlocal, descriptorLimit, stored] = await Promise.all([
    dataPlane.haproxy.version(),
    dataPlane.localAddresses(),
    dataPlane.bindsNonlocal(),
    dataPlane.descriptorLimit(),
    readStoredState(dataPlane, paths),
  ]);
  const { desired, inForce, serverIds, settings: told } = stored ?? emptyStore();
  const settings = { ...defaultSettings, ...told };
  const known = [...Object.values(desired.rules), ...Object.values(inForce)];
  const named = [...rules.map(canonicalRule), ...known.map(({ rule }) => rule)];
  const certificates = await readCertificates(dataPlane.files, named);
  const haproxy = capabilitiesOf(version);
  const given = configText({ config: await readConfigFolder(dataPlane.files, paths.config) });
  const target = { settings, paths, haproxy };
  const programmed = programmedOf(desired.rules, inForce, (versions) => versionsIn(given, versions, serverIds, target));
  const observed = await observe(dataPlane, paths, named, {
    specs: toProxySpecs(Object.values(programmed), serverIds),
    blockadeFinder: new BlockadeFinder(dataPlane),
    certificates,
    settings,
  });
  return {
    observed,
    stored: stored !== undefined,
    wanted: desired.rules,
    verified: inForce,
    programmed,
    settings: haproxySettingsOf(told ?? defaultSettings),
    generation: highestGeneration(desired, inForce),
    serverIds,
    ...{ localAddresses, bindsNonlocal, descriptorLimit },
    certificates,
    haproxy,
  };
}

/** For a rule whose desired version was not verified, the config file tells which version HAProxy was given. */
function programmedOf(
  wanted: Readonly<Record<string, DesiredRule>>,
  verified: Readonly<Record<string, DesiredRule>>,
  given: (versions: readonly DesiredRule[]) => readonly DesiredRule[],
): Record<string, DesiredRule> {
  const unverified = Object.entries(wanted).filter(([id, { generation }]) => verified[id]?.generation !== generation);
  const versions = given(unverified.map(([, version]) => version));
  return { ...verified, ...Object.fromEntries(versions.map((version) => [ruleId(version.rule), version])) };
}

/** The versions of rules that stand in HAProxy's configuration; one whose members have no server ids cannot. */
function versionsIn(
  given: string,
  versions: readonly DesiredRule[],
  serverIds: ServerIds,
  { settings, paths, haproxy }: { settings: RouterSettings; paths: RouterPaths; haproxy: Capabilities },
): DesiredRule[] {
  const known = versions.filter(({ rule }) => serverIds.ids[ruleId(rule)]);
  if (known.length === 0) return [];
  const there = sections(given);
  const rendered = sections(configText(renderFiles(toProxySpecs(known, serverIds), settings, paths, haproxy)));
  return known.filter(({ rule }) => {
    const section = rendered.get(proxyName(rule));
    return section !== undefined && section === there.get(proxyName(rule));
  });
}

/** Tables of the rules, as `explainPlan` takes them. */
export const tablesOf = ({ wanted }: RouterSnapshot): Record<string, TableShape> =>
  Object.fromEntries(Object.entries(wanted).map(([id, { table }]) => [id, table]));

/** Reads the counters of a router's rules without writing them to its files. Rejects when HAProxy does not respond. */
export async function readCounters(
  { dataPlane, dir }: RouterLocation,
  { programmed }: RouterSnapshot,
): Promise<RuleCounters[]> {
  const { files } = dataPlane;
  const readOnly = {
    ...dataPlane,
    files: { ...files, read: (path: string) => files.read(path), write: async () => {} },
  };
  const counters = await Counters.open(readOnly, routerPaths(dir).counters, () => Object.keys(programmed).sort());
  try {
    return await counters.read();
  } finally {
    counters.close();
  }
}
