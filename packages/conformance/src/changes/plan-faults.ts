import type { RuleRecord } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import type { FieldName } from './fields.ts';
import type { RefusedBy } from './operation.ts';
import { PAIRED, type Walk } from './walk.ts';

/** Changes that HAProxy's check sees, since they need a reload. */
const CHECKED: readonly FieldName[] = [
  'algorithm',
  'the health check',
  'TLS',
  'the parameters of the stick table',
  'stickiness by cookie',
  'the time-out of the client',
];

/** Changes that end connections. */
const DRAINING: readonly FieldName[] = [
  'a member leaves',
  'a member into maintenance',
  'the address of a member',
  'networks',
  'stickiness begins',
  'algorithm',
];

/** Changes that come meanwhile. */
const MEANWHILE: readonly FieldName[] = ['the weight of a member', 'a member joins', 'the time-out of the client'];

/** Calls to its data plane after which the router crashes; most changes have no more. */
const MOST_CALLS = 24;

/** Changes that are refused, overtaken, or in the middle of which the router dies. */
export function planFaults(walk: Walk, dataPlane: DataPlane['kind']): void {
  for (const field of CHECKED) refuse(walk, [field], 'the check', `refused by the check: ${field}`);
  for (const by of dataPlane === 'memory' ? (['the router', 'the reload', 'the start'] as const) : [])
    for (const field of ['algorithm', 'a member joins'] as const)
      refuse(walk, [field], by, `refused by ${by}: ${field}`);
  refuse(walk, ['stickiness begins'], 'the probes', 'refused by the probes', checkedSeldom);
  for (const first of dataPlane === 'memory' ? DRAINING : [])
    for (const second of MEANWHILE) overtake(walk, first, second);
  // On a real HAProxy the suites of the model have crashes.
  for (let calls = 1; calls <= (dataPlane === 'memory' ? MOST_CALLS : 0); calls++) crash(walk, calls);
}

/** HAProxy does not notice that members end while they are away: it would take as long until it sees them again. */
const checkedSeldom = (rule: RuleRecord): RuleRecord => ({
  ...rule,
  healthCheck: { timeoutMs: 1000, healthyThreshold: 2, unhealthyThreshold: 3, intervalMs: 600_000 },
});

function refuse(
  walk: Walk,
  fields: readonly FieldName[],
  by: RefusedBy,
  goal: string,
  adapt = (rule: RuleRecord): RuleRecord => rule,
): void {
  const sentence = `${fields.join(', ')}, at first refused by ${by}`;
  walk.until(
    () => walk.takeChange(fields, (rule) => walk.takeRule({ do: 'refuse', rule: adapt(rule), by }, sentence, [goal])),
    fields,
  );
}

function overtake(walk: Walk, one: FieldName, other: FieldName): void {
  const sentence = `${one}, overtaken by ${other}`;
  walk.until(() => {
    for (const before of walk.shuffled(walk.rules)) {
      const first = walk.changed(before, [one]);
      const rule = first && walk.changed(first, [other]);
      if (first && rule) return walk.takeRule({ do: 'overtake', first, rule }, sentence, [sentence]);
    }
    return false;
  }, [one, other]);
}

function crash(walk: Walk, calls: number): void {
  walk.until(() => {
    const field = walk.pick(PAIRED);
    const sentence = `${field}; the router dies after ${calls} calls`;
    const goals = [`crash after ${calls} calls`];
    return walk.takeChange([field], (rule) => walk.takeRule({ do: 'crash', rule, calls }, sentence, goals));
  });
}
