import type { RuleRecord } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import type { DesiredRule, TableShape } from '../../desired.ts';
import { proxyName, ruleId } from '../../names.ts';
import { type Certificates, readCertificates } from '../config/certificates.ts';
import { type RouterPaths, routerPaths } from '../config/paths.ts';
import { toProxySpecs } from '../config/proxy-spec.ts';
import { renderFiles } from '../config/render.ts';
import type { ServerIds } from '../config/server-ids.ts';
import { defaultSettings, type RouterSettings } from '../config/settings.ts';
import { Counters, type RuleCounters } from '../state/counters.ts';
import { StateFile } from '../state/state-file.ts';
import { type ObservedState, observe } from './observe.ts';

/** Where a router is. */
export interface RouterLocation {
  dataPlane: DataPlane;
  /** All files and sockets of the router. */
  dir: string;
}

/** A router as it is seen from outside, whether or not somebody drives it. Plain data and maps. */
export interface RouterSnapshot {
  /** The machine. */
  observed: ObservedState;
  /** Whether a router was ever told anything here. */
  stored: boolean;
  /** What was wanted last, by rule id. */
  wanted: Readonly<Record<string, DesiredRule>>;
  /** The version of each rule that was last verified to be in force, by rule id. */
  verified: Readonly<Record<string, DesiredRule>>;
  /** The version of each rule that HAProxy was given last, verified or not, by rule id. */
  programmed: Readonly<Record<string, DesiredRule>>;
  /** The highest generation that was ever used. */
  generation: number;
  serverIds: ServerIds;
  localAddresses: readonly string[];
  /** File descriptors that the machine gives to a process. */
  descriptorLimit: number;
  certificates: Certificates;
}

/**
 * Reads a router's files, HAProxy and the packet filter, and changes nothing.
 *
 * @param rules - those that may come: the certificates that they name are read as well
 * @throws RouterError `ROUTER_STATE_UNREADABLE`.
 */
export async function inspectRouter(
  { dataPlane, dir }: RouterLocation,
  rules: readonly RuleRecord[] = [],
  settings: RouterSettings = defaultSettings,
): Promise<RouterSnapshot> {
  const paths = routerPaths(dir);
  const { desired, inForce, serverIds } = await new StateFile(dataPlane.files, paths.state).load();
  const known = [...Object.values(desired.rules), ...Object.values(inForce)];
  const certificates = await readCertificates(dataPlane.files, [...rules, ...known.map(({ rule }) => rule)]);
  const observed = await observe(dataPlane, paths, [...certificates.keys()]);
  return {
    observed,
    stored: (await dataPlane.files.read(paths.state)) !== undefined,
    wanted: desired.rules,
    verified: inForce,
    programmed: programmedOf(desired.rules, inForce, (wanted) =>
      isIn(observed.config, sectionOf(wanted, serverIds, settings, paths)),
    ),
    generation: Math.max(
      desired.compactedRevision,
      ...Object.values(desired.removed),
      ...known.map(({ generation }) => generation),
    ),
    serverIds,
    localAddresses: await dataPlane.localAddresses(),
    descriptorLimit: await dataPlane.descriptorLimit(),
    certificates,
  };
}

/** Of a rule that was not verified in its wanted version, the configuration tells which version HAProxy was given. */
function programmedOf(
  wanted: Readonly<Record<string, DesiredRule>>,
  verified: Readonly<Record<string, DesiredRule>>,
  isThere: (wanted: DesiredRule) => boolean,
): Record<string, DesiredRule> {
  const isVerified = (id: string): boolean => verified[id]?.generation === wanted[id]?.generation;
  const given = Object.entries(wanted).filter(([id, version]) => !isVerified(id) && isThere(version));
  return { ...verified, ...Object.fromEntries(given) };
}

/** A rule's own section of the configuration; undefined while its members have no ids. */
function sectionOf(
  wanted: DesiredRule,
  serverIds: ServerIds,
  settings: RouterSettings,
  paths: RouterPaths,
): string | undefined {
  if (!serverIds.ids[ruleId(wanted.rule)]) return undefined;
  const { config } = renderFiles(toProxySpecs([wanted], serverIds), settings, paths);
  return config.split(/^(?=listen )/m).find((text) => text.startsWith(`listen ${proxyName(wanted.rule)}\n`));
}

const isIn = (config: string | undefined, section: string | undefined): boolean =>
  config !== undefined && section !== undefined && config.includes(section.trim());

/** Tables of the rules, as `explainPlan` takes them. */
export const tablesOf = ({ wanted }: RouterSnapshot): Record<string, TableShape> =>
  Object.fromEntries(Object.entries(wanted).map(([id, { table }]) => [id, table]));

/** What clients did through the rules of a router, read without keeping it. */
export async function readCounters(
  { dataPlane, dir }: RouterLocation,
  { programmed }: RouterSnapshot,
): Promise<RuleCounters[]> {
  const { files } = dataPlane;
  const unwritten = {
    ...dataPlane,
    files: { ...files, read: (path: string) => files.read(path), write: async () => {} },
  };
  const counters = await Counters.open(unwritten, routerPaths(dir).counters, () => Object.keys(programmed).sort());
  try {
    return await counters.read();
  } finally {
    counters.close();
  }
}
