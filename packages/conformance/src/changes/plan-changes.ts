/**
 * Test selection of the suite `changes`: its goals are what a router can do, and not what the model can.
 *
 * @module
 */
import { createRandom, type DataPlane } from '@limpet/data-plane';
import type { Capabilities } from '@limpet/haproxy';
import { DRIFT_KINDS, type DriftKind, isPossible } from './drifts.ts';
import { FIELD_NAMES, type FieldName } from './fields.ts';
import { NEEDS, type PlannedOperation } from './operation.ts';
import { planCrowds } from './plan-crowds.ts';
import { planFaults } from './plan-faults.ts';
import { planStepPairs } from './plan-step-pairs.ts';
import { canPair, PAIRED, Walk } from './walk.ts';

/** A planned suite of operations. */
export interface ChangesPlan {
  /** Names of the goals: `set-addr`, `set-addr, then reload`, `networks`, `networks and protocol`, `drift: ...`. */
  readonly goals: ReadonlySet<string>;
  /** Each path begins on an empty disk. */
  readonly paths: readonly (readonly PlannedOperation[])[];
}

/** The same seed gives the same plan. */
const SEED = 10;
/** Fields that one operation changes at most. */
const MOST_FIELDS = 5;

/** A real HAProxy that was not told that its tables are there gives up on them after five seconds. */
const SLOW: ReadonlySet<DriftKind> = new Set<DriftKind>(['HAProxy that was reloaded by somebody else']);

/** Fields that HAProxy takes at run time: together they need no reload either. */
const AT_RUNTIME: ReadonlySet<FieldName> = new Set<FieldName>([
  'a member joins',
  'a member leaves',
  'the weight of a member',
  'the port of a member',
  'the address of a member',
  'a member into maintenance',
  'a member back from maintenance',
  'a member begins to drain',
  'a member drains no more',
  'networks',
  'stickiness begins',
  'stickiness ends',
  'fewer connections',
  'more connections',
]);

/** Plans the suite: each step of a router alone and after each other, each field alone and with each other, each drift, each fault. */
export function planChanges(dataPlane: DataPlane['kind'], haproxy: Capabilities): ChangesPlan {
  const walk = new Walk(createRandom(SEED));
  for (const kind of DRIFT_KINDS)
    if (dataPlane === 'memory' || !SLOW.has(kind)) walk.until(() => walk.drift(kind, [`drift: ${kind}`]));
  walk.take({ do: 'settings', clientTimeoutSeconds: 51 }, 'the router is started with another time-out', [
    'other settings, then reload',
  ]);
  for (const what of dataPlane === 'memory' ? NEEDS : [])
    walk.until(() => walk.lose(what), what === 'the certificate' ? ['TLS'] : []);
  planFields(walk);
  planFieldPairs(walk);
  planCrowds(walk);
  planStepPairs(walk, dataPlane);
  planFaults(walk, dataPlane);
  return possible({ goals: walk.goals, paths: walk.paths() }, haproxy);
}

/**
 * Without the drift that nobody can bring about, which the router would have taken back anyway, and without the step that
 * HAProxy cannot take: a reload stands in for it.
 */
function possible({ goals, paths }: ChangesPlan, haproxy: Capabilities): ChangesPlan {
  const addsServers = haproxy.supported.has('dynamicServers');
  const isLeftOut = ({ operation }: PlannedOperation): boolean =>
    operation.do === 'drift' && !isPossible(operation.kind, haproxy);
  const left = new Set(paths.flatMap((path) => path.filter(isLeftOut).flatMap((planned) => planned.goals)));
  return {
    goals: new Set(
      [...goals].filter((goal) => !left.has(goal) && (addsServers || !/(^|, then )add-server$/.test(goal))),
    ),
    paths: paths.map((path) => path.filter((planned) => !isLeftOut(planned))),
  };
}

function planFields(walk: Walk): void {
  for (const field of FIELD_NAMES) walk.until(() => walk.change([field], [field]), [field]);
  while (walk.rules.some(({ members }) => members.length < 3)) walk.change(['a member joins'], []);
}

const pairOf = (one: string, other: string): string => [one, other].sort().join(' and ');

/** All pairs of fields, several with each operation (a covering array of strength 2, by a greedy choice). */
function planFieldPairs(walk: Walk): void {
  const left = new Map<string, readonly [FieldName, FieldName]>();
  for (const [at, one] of PAIRED.entries())
    for (const other of PAIRED.slice(at + 1)) if (canPair(one, other)) left.set(pairOf(one, other), [one, other]);
  for (const goal of left.keys()) walk.goals.add(goal);
  const newPairs = (field: FieldName, chosen: readonly FieldName[]): string[] =>
    chosen.map((one) => pairOf(one, field)).filter((pair) => left.has(pair));
  for (let tries = 0; left.size > 0 && tries < 10_000; tries++) {
    const [found] = walk.shuffled(walk.rules).flatMap((rule) => {
      const first = [...left.values()].find((pair) => walk.changed(rule, pair) !== undefined);
      return first === undefined ? [] : [{ rule, first }];
    });
    if (found === undefined) {
      walk.prepare(walk.pick([...left.values()]));
      continue;
    }
    const { rule, first } = found;
    const fields: FieldName[] = [...first];
    const isCheap = fields.every((field) => AT_RUNTIME.has(field));
    while (fields.length < MOST_FIELDS) {
      const [next] = PAIRED.filter((field) => fields.every((one) => canPair(one, field)))
        .filter((field) => AT_RUNTIME.has(field) || !isCheap)
        .filter((field) => newPairs(field, fields).length > 0 && walk.changed(rule, [...fields, field]) !== undefined)
        .sort((one, other) => newPairs(other, fields).length - newPairs(one, fields).length);
      if (next === undefined) break;
      fields.push(next);
    }
    const goals = fields.flatMap((field, at) => newPairs(field, fields.slice(0, at)));
    const changed = walk.changed(rule, fields);
    if (changed === undefined) continue;
    walk.takeRule({ do: 'put', rule: changed }, fields.join(', '), goals);
    for (const goal of goals) left.delete(goal);
  }
}
