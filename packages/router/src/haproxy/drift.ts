import { readShowProc } from '@limpet/haproxy';
import type { DataPlane } from '../dataplane.ts';
import { type AcceptChain, readChain } from './accept.ts';
import { chainDrift } from './accept-drift.ts';
import type { Certificates } from './certificates.ts';
import { describeDeviation } from './deviations.ts';
import type { RuleLayout } from './layout.ts';
import { type LiveProxy, readLive } from './live.ts';
import type { RouterPaths } from './paths.ts';
import { planSteps } from './plan.ts';
import type { RenderedFiles } from './render.ts';
import type { RouterSettings } from './settings.ts';
import { isSilence, silence } from './silence.ts';
import { type Strangers, strangersOn } from './strangers.ts';
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
  strangers: Strangers;
  /** What is said of a HAProxy that is there and does not answer; undefined: it does, or is not there. */
  silent: string | undefined;
}

/** The machine as the router left it. */
export interface Left {
  layouts: readonly RuleLayout[];
  files: RenderedFiles;
  settings: Pick<RouterSettings, 'maxConnections' | 'statsPage'>;
  /** As their files have them now: one that was renewed in place is another than HAProxy's. */
  certificates: Certificates;
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

/**
 * Reads all that others could change. Costs what is there: not for every change.
 *
 * @param certificateFiles those that HAProxy is asked for
 */
export async function lookAround(
  dataPlane: DataPlane,
  paths: RouterPaths,
  certificateFiles: readonly string[],
): Promise<Found> {
  const { files, packetFilter } = dataPlane;
  return {
    ...(await lookAtHaproxy(dataPlane, paths, certificateFiles)),
    config: await files.read(paths.config),
    stickMap: await files.read(paths.stickMap),
    chain: await readChain(packetFilter),
  };
}

type FoundHaproxy = Pick<Found, 'processes' | 'live' | 'strangers' | 'silent'>;

async function lookAtHaproxy(
  dataPlane: DataPlane,
  paths: RouterPaths,
  certificateFiles: readonly string[],
): Promise<FoundHaproxy> {
  const { haproxy } = dataPlane;
  let processes: Processes | undefined;
  try {
    const running = await haproxy.running();
    const proc = running ? readShowProc(await haproxy.master('show proc')) : undefined;
    processes = proc && { master: proc.master.pid, worker: proc.workers[0]?.pid ?? 0 };
    return {
      processes,
      live: running ? await readLive(haproxy, paths, { certificateFiles }) : undefined,
      strangers: await strangersOn(dataPlane),
      silent: undefined,
    };
  } catch (error) {
    if (!isSilence(error)) throw error;
    return { processes, live: undefined, strangers: new Map(), silent: silence(error as Error, processes) };
  }
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
  const chain = chainDrift(found.chain, { rules: left.layouts, statsPage: left.settings.statsPage });
  for (const [id, what] of chain.rules) add(id, what);
  all.push(...chain.all);
  const foreign = left.processes !== undefined && !found.silent && found.processes?.worker !== left.processes.worker;
  return { rules, all, foreign };
}

type Add = (id: string, what: string) => void;

function processDrift({ processes: now, silent }: Found, { processes: before }: Left, all: string[]): void {
  if (silent) all.push(silent);
  else if (!now) all.push('HAProxy is not running');
  else if (before && now.master !== before.master) {
    all.push(`HAProxy was started anew by somebody else: master ${now.master} instead of ${before.master}`);
  } else if (before && now.worker !== before.worker) {
    all.push(`HAProxy was reloaded by somebody else: worker ${now.worker} instead of ${before.worker}`);
  }
}

function liveDrift(live: LiveProxy, { layouts, files, settings, certificates }: Left, add: Add, all: string[]): void {
  if (live.mark !== files.mark) {
    all.push('HAProxy runs another configuration');
    return;
  }
  if (layouts.length > 0 && live.stick.get(ready) !== 'yes') {
    all.push('HAProxy was not told that its tables are there, and lets sticky clients wait');
  }
  for (const layout of layouts) {
    for (const step of planSteps([layout], files.mark, live, {
      maxConnections: settings.maxConnections,
      certificates,
    })) {
      add(layout.id, describeDeviation(step));
    }
  }
}

function fileDrift({ config, stickMap }: Found, { layouts, files }: Left, add: Add, all: string[]): void {
  const idOf = new Map(layouts.map(({ proxy, id }) => [proxy, id]));
  const compare = (name: string, part: string, now: Parts | undefined, before: Parts): void => {
    if (!now) {
      all.push(`${name} is gone`);
      return;
    }
    const edited = [...new Set([...now.keys(), ...before.keys()])].filter((key) => now.get(key) !== before.get(key));
    const ids = edited.flatMap((key) => idOf.get(key) ?? []);
    for (const id of ids) add(id, `its ${part} of ${name} was edited`);
    if (ids.length < edited.length) all.push(`${name} was edited outside of the ${part}s of these rules`);
  };
  compare('stick.map', 'line', stickMap === undefined ? undefined : lines(stickMap), lines(files.stickMap));
  compare('haproxy.cfg', 'section', config === undefined ? undefined : sections(config), sections(files.config));
}

/** Of a file, by proxy; what is no rule's comes under ''. */
type Parts = ReadonlyMap<string, string>;

const sections = (config: string): Parts => {
  const parts = config
    .split(/^(?=listen )/m)
    .map((text) => [/^listen (\S+)/.exec(text)?.[1] ?? '', text.trim()] as const);
  return new Map(parts);
};

const lines = (map: string): Parts => new Map(map.split('\n').map((line) => [line.split(' ')[0]!, line]));
