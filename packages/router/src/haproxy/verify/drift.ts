import type { Capabilities } from '@limpet/haproxy';
import type { Certificates } from '../config/certificates.ts';
import { configFolder, globalFile } from '../config/names.ts';
import type { ProxySpec } from '../config/proxy-spec.ts';
import type { RenderedFiles } from '../config/render.ts';
import type { RouterSettings } from '../config/settings.ts';
import { chainDrift } from '../firewall/chain-drift.ts';
import { type OwnListenerSettings, ownListeners } from '../firewall/own-listeners.ts';
import { planSteps } from '../plan/plan.ts';
import type { LiveState } from '../runtime/live-state.ts';
import { type Parts, sections } from './config-parts.ts';
import { describeDrift } from './describe-drift.ts';
import type { ObservedState, Processes } from './observe.ts';

/** The host as the router left it. */
export interface LastApplied {
  specs: readonly ProxySpec[];
  files: RenderedFiles;
  settings: Pick<RouterSettings, 'maxConnections'> & OwnListenerSettings;
  /** What HAProxy can do. */
  haproxy: Capabilities;
  /** Certificates as their files have them now: after a renewal in the file, HAProxy's is another one. */
  certificates: Certificates;
  /** Undefined when they are not known. */
  processes: Processes | undefined;
}

/** What other programs have changed, in words. */
export interface Drift {
  /** Differences that concern one rule, by rule id. */
  rules: ReadonlyMap<string, readonly string[]>;
  /** Differences that concern all rules. */
  all: readonly string[];
  /**
   * Another program has made HAProxy read its files, whose content at that time is not known: nor is the live state.
   */
  reloadedExternally: boolean;
}

/** Compares the observed state with what was last applied. Pure. */
export function driftOf(observed: ObservedState, lastApplied: LastApplied): Drift {
  const rules = new Map<string, string[]>();
  const all: string[] = [];
  const add = (id: string, what: string): void => {
    rules.set(id, [...(rules.get(id) ?? []), what]);
  };
  processDrift(observed, lastApplied, all);
  if (observed.live) liveDrift(observed.live, lastApplied, add, all);
  fileDrift(observed, lastApplied, add, all);
  const chain = chainDrift(observed.chain, { rules: lastApplied.specs, own: ownListeners(lastApplied.settings) });
  for (const [id, what] of chain.rules) add(id, what);
  all.push(...chain.all);
  const reloadedExternally =
    lastApplied.processes !== undefined &&
    !observed.notResponding &&
    observed.processes?.worker !== lastApplied.processes.worker;
  return { rules, all, reloadedExternally };
}

type Add = (id: string, what: string) => void;

function processDrift(
  { processes: now, notResponding }: ObservedState,
  { processes: before }: LastApplied,
  all: string[],
): void {
  if (notResponding) all.push(notResponding);
  else if (!now) all.push('HAProxy is not running');
  else if (before && now.master !== before.master) {
    all.push(`HAProxy was started anew by somebody else: master ${now.master} instead of ${before.master}`);
  } else if (before && now.worker !== before.worker) {
    all.push(`HAProxy was reloaded by somebody else: worker ${now.worker} instead of ${before.worker}`);
  }
}

function liveDrift(
  live: LiveState,
  { specs, files, settings, certificates, haproxy }: LastApplied,
  add: Add,
  all: string[],
): void {
  if (live.configHash !== files.configHash) {
    all.push('HAProxy runs another configuration');
    return;
  }
  for (const spec of specs) {
    for (const step of planSteps([spec], files.configHash, live, {
      maxConnections: settings.maxConnections,
      certificates,
      haproxy,
    })) {
      add(spec.id, describeDrift(step));
    }
  }
}

function fileDrift({ config, stickMap }: ObservedState, { specs, files }: LastApplied, add: Add, all: string[]): void {
  const idOf = new Map(specs.map(({ proxy, id }) => [proxy, id]));
  const compare = (name: string, part: string, now: Parts, before: Parts): void => {
    const edited = [...new Set([...now.keys(), ...before.keys()])].filter((key) => now.get(key) !== before.get(key));
    const ids = edited.flatMap((key) => idOf.get(key) ?? []);
    for (const id of ids) add(id, `its ${part} of ${name} was edited`);
    if (ids.length < edited.length) all.push(`${name} was edited outside of the ${part}s of these rules`);
  };
  if (stickMap === undefined) all.push('stick.map is gone');
  else if (stickMap !== files.stickMap) compare('stick.map', 'line', lines(stickMap), lines(files.stickMap));
  if (config.size === 0) {
    all.push(`${configFolder} is gone`);
    return;
  }
  for (const [name, before] of files.config) {
    const now = config.get(name);
    if (now === undefined && name === globalFile) all.push(`${fileName(name)} is gone`);
    else if (now !== before) compare(fileName(name), 'section', sections(now ?? ''), sections(before));
  }
  for (const name of config.keys()) {
    if (!files.config.has(name)) all.push(`${fileName(name)} is a file of somebody else, and HAProxy would read it`);
  }
}

/** A file of the configuration's folder, as the router's folder has it. */
const fileName = (name: string): string => `${configFolder}/${name}`;

const lines = (map: string): Parts => new Map(map.split('\n').map((line) => [line.split(' ')[0]!, line]));
