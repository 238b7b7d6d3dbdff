import { readShowProc } from '@limpet/haproxy';
import type { DataPlane } from '../dataplane.ts';
import { type AcceptChain, readChain } from './accept.ts';
import { acceptChain, acceptRules } from './accept-chain.ts';
import type { RuleLayout } from './layout.ts';
import { type LiveProxy, readLive } from './live.ts';
import type { RouterPaths } from './paths.ts';
import { describePlan, planSteps } from './plan.ts';
import type { RenderedFiles } from './render.ts';
import type { RouterSettings } from './settings.ts';
import { ready } from './table-wait.ts';

/** Pids of the master and of the worker that serves. */
export interface Processes {
  master: number;
  worker: number;
}

/** A router's machine, as it was found. */
export interface Found {
  /** Undefined: HAProxy is not running. */
  processes: Processes | undefined;
  live: LiveProxy | undefined;
  config: string | undefined;
  stickMap: string | undefined;
  chain: AcceptChain | undefined;
}

/** The machine as the router left it. */
export interface Left {
  layouts: readonly RuleLayout[];
  files: RenderedFiles;
  settings: Pick<RouterSettings, 'maxConnections' | 'statsPage'>;
  /** Undefined: they are not known. */
  processes: Processes | undefined;
}

/** What others have changed. */
export interface Drift {
  /** By rule id, what it is. */
  rules: ReadonlyMap<string, readonly string[]>;
  /** What concerns every rule. */
  all: readonly string[];
  /** Somebody else has made HAProxy read its files, whatever was in them then: what it runs is not known. */
  foreign: boolean;
}

/** Reads all that others could change. Costs what is there: not for every change. */
export async function lookAround({ files, haproxy, packetFilter }: DataPlane, paths: RouterPaths): Promise<Found> {
  const running = await haproxy.running();
  const proc = running ? readShowProc(await haproxy.master('show proc')) : undefined;
  return {
    processes: proc && { master: proc.master.pid, worker: proc.workers[0]?.pid ?? 0 },
    live: running ? await readLive(haproxy, paths) : undefined,
    config: await files.read(paths.config),
    stickMap: await files.read(paths.stickMap),
    chain: await readChain(packetFilter),
  };
}

/** What differs between what was left and what was found, in words. Pure. */
export function driftOf(found: Found, left: Left): Drift {
  const rules = new Map<string, string[]>();
  const all: string[] = [];
  const add = (id: string, what: string): void => {
    rules.set(id, [...(rules.get(id) ?? []), what]);
  };
  processDrift(found, left, all);
  if (found.live) liveDrift(found.live, left, add, all);
  fileDrift(found, left, add, all);
  chainDrift(found.chain, left, add, all);
  const foreign = left.processes !== undefined && found.processes?.worker !== left.processes.worker;
  return { rules, all, foreign };
}

type Add = (id: string, what: string) => void;

function processDrift({ processes: now }: Found, { processes: before }: Left, all: string[]): void {
  if (!now) all.push('HAProxy is not running');
  else if (before && now.master !== before.master) {
    all.push(`HAProxy was started anew by somebody else: master ${now.master} instead of ${before.master}`);
  } else if (before && now.worker !== before.worker) {
    all.push(`HAProxy was reloaded by somebody else: worker ${now.worker} instead of ${before.worker}`);
  }
}

function liveDrift(live: LiveProxy, { layouts, files, settings }: Left, add: Add, all: string[]): void {
  if (live.mark !== files.mark) {
    all.push('HAProxy runs another configuration');
    return;
  }
  if (layouts.length > 0 && live.stick.get(ready) !== 'yes') all.push('HAProxy was not told that its tables are there');
  for (const layout of layouts) {
    const steps = planSteps([layout], files.mark, live, { maxConnections: settings.maxConnections });
    if (steps.length === 0) continue;
    add(layout.id, `HAProxy was changed, which takes to mend: ${describePlan(steps).trim().replaceAll('\n', '; ')}`);
  }
}

function fileDrift({ config, stickMap }: Found, { layouts, files }: Left, add: Add, all: string[]): void {
  const idOf = new Map(layouts.map(({ proxy, id }) => [proxy, id]));
  const compare = (name: string, now: Map<string, string>, before: Map<string, string>): void => {
    for (const part of new Set([...now.keys(), ...before.keys()])) {
      if (now.get(part) === before.get(part)) continue;
      const id = idOf.get(part);
      if (id === undefined) all.push(`${name} was edited`);
      else add(id, `${name} was edited`);
    }
  };
  if (stickMap !== files.stickMap) compare('stick.map', lines(stickMap), lines(files.stickMap));
  if (config !== files.config) compare('haproxy.cfg', sections(config), sections(files.config));
}

/** By proxy; what is in no rule's section comes under ''. */
const sections = (config = ''): Map<string, string> => {
  const parts = config
    .split(/^(?=listen )/m)
    .map((text) => [/^listen (\S+)/.exec(text)?.[1] ?? '', text.trim()] as const);
  return new Map(parts);
};

const lines = (map = ''): Map<string, string> => new Map(map.split('\n').map((line) => [line.split(' ')[0]!, line]));

function chainDrift(chain: AcceptChain | undefined, { layouts, settings }: Left, add: Add, all: string[]): void {
  if (!chain?.linked) all.push(`INPUT does not jump to ${acceptChain} any more`);
  const there = new Set(chain?.rules);
  for (const line of settings.statsPage ? acceptRules([settings.statsPage]) : []) {
    if (!there.delete(line)) all.push(`the accept of the statistics page is not in ${acceptChain} any more`);
  }
  for (const { id, rule } of layouts) {
    for (const line of acceptRules([rule])) {
      if (!there.delete(line)) add(id, `its accept is not in ${acceptChain} any more`);
    }
  }
  for (const line of there) all.push(`${acceptChain} has a rule of somebody else: ${line}`);
}
