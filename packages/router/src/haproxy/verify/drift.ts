import type { Certificates } from '../config/certificates.ts';
import type { ProxySpec } from '../config/proxy-spec.ts';
import type { RenderedFiles } from '../config/render.ts';
import { ready } from '../config/resync-wait.ts';
import type { RouterSettings } from '../config/settings.ts';
import { chainDrift } from '../firewall/chain-drift.ts';
import { planSteps } from '../plan/plan.ts';
import type { LiveState } from '../runtime/live-state.ts';
import { describeDrift } from './describe-drift.ts';
import type { ObservedState, Processes } from './observe.ts';

/** The machine as the router left it. */
export interface LastApplied {
  specs: readonly ProxySpec[];
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
  reloadedExternally: boolean;
}

/** What differs between what was left and what was found, in words. Pure. */
export function driftOf(found: ObservedState, left: LastApplied): Drift {
  const rules = new Map<string, string[]>();
  const all: string[] = [];
  const add = (id: string, what: string): void => {
    rules.set(id, [...(rules.get(id) ?? []), what]);
  };
  processDrift(found, left, all);
  if (found.live) liveDrift(found.live, left, add, all);
  fileDrift(found, left, add, all);
  const chain = chainDrift(found.chain, { rules: left.specs, statsPage: left.settings.statsPage });
  for (const [id, what] of chain.rules) add(id, what);
  all.push(...chain.all);
  const reloadedExternally =
    left.processes !== undefined && !found.notResponding && found.processes?.worker !== left.processes.worker;
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
  { specs, files, settings, certificates }: LastApplied,
  add: Add,
  all: string[],
): void {
  if (live.configHash !== files.configHash) {
    all.push('HAProxy runs another configuration');
    return;
  }
  if (specs.length > 0 && live.stick.get(ready) !== 'yes') {
    all.push('HAProxy was not told that its tables are there, and lets sticky clients wait');
  }
  for (const spec of specs) {
    for (const step of planSteps([spec], files.configHash, live, {
      maxConnections: settings.maxConnections,
      certificates,
    })) {
      add(spec.id, describeDrift(step));
    }
  }
}

function fileDrift({ config, stickMap }: ObservedState, { specs, files }: LastApplied, add: Add, all: string[]): void {
  const idOf = new Map(specs.map(({ proxy, id }) => [proxy, id]));
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
