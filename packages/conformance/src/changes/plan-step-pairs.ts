import type { RuleRecord } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import type { StepKind } from '../sut/steps-seen.ts';
import type { DriftKind } from './drifts.ts';
import type { FieldName } from './fields.ts';
import type { Walk } from './walk.ts';

/** The step of a router that a field alone makes necessary. */
const STEP_OF_FIELD: Readonly<Partial<Record<FieldName, StepKind>>> = {
  'a member joins': 'add-server',
  'a member leaves': 'set-maint',
  'the weight of a member': 'set-weight',
  'the port of a member': 'set-addr',
  'the address of a member': 'set-addr',
  'a member into maintenance': 'set-maint',
  'a member back from maintenance': 'set-ready',
  'a member begins to drain': 'set-weight',
  'a member drains no more': 'set-weight',
  'stickiness ends': 'set-map',
  'fewer connections': 'set-maxconn',
  'more connections': 'set-maxconn',
  algorithm: 'reload',
  'the health check': 'reload',
};

/** Where only the file can say it of a member with a cookie, such a rule is reloaded (HAProxy 2.6). */
const IN_THE_FILE: ReadonlySet<string> = new Set<FieldName>([
  'a member joins',
  'a member leaves',
  'the port of a member',
  'the address of a member',
]);

const STEP_OF_DRIFT: Readonly<Partial<Record<DriftKind, StepKind>>> = {
  'a server that is not checked': 'enable-health',
  'a frontend that is disabled': 'enable-frontend',
};

/** The field that shows how a router can be made to take such a step, where it is not always possible. */
const FIELD_OF_STEP: Readonly<Partial<Record<StepKind, FieldName>>> = {
  'add-server': 'a member joins',
  'set-ready': 'a member back from maintenance',
  'set-maint': 'a member into maintenance',
  'update-certificate': 'the certificate',
};

/** Whether the field takes a reload on this rule although it takes none on others. */
const needsReload = (field: FieldName, { stickiness }: RuleRecord): boolean =>
  stickiness.method === 'LbCookie' && IN_THE_FILE.has(field);

/** The ways to make a router take each kind of step. */
function waysOf(walk: Walk, goalsOf: (kind: StepKind) => readonly string[]): Map<StepKind, (() => boolean)[]> {
  const ways = new Map<StepKind, (() => boolean)[]>();
  const add = (kind: StepKind, way: () => boolean) => ways.set(kind, [...(ways.get(kind) ?? []), way]);
  for (const [field, kind] of Object.entries(STEP_OF_FIELD) as [FieldName, StepKind][])
    add(kind, () => walk.change([field], goalsOf(kind), (rule) => !needsReload(field, rule)));
  add('set-map', () =>
    walk.takeChange(['stickiness begins'], (rule) => {
      const stickiness = walk.lastTable(rule) ?? rule.stickiness;
      return walk.takeRule({ do: 'put', rule: { ...rule, stickiness } }, 'stickiness begins', goalsOf('set-map'));
    }),
  );
  for (const [drift, kind] of Object.entries(STEP_OF_DRIFT) as [DriftKind, StepKind][])
    add(kind, () => walk.drift(drift, goalsOf(kind)));
  add('start', () => walk.take({ do: 'restart' }, 'the host is started anew', goalsOf('start')));
  add('update-certificate', () => {
    const named = walk.rules.flatMap(({ certificate }) => certificate ?? []);
    if (named.length === 0) return false;
    const certificate = walk.pick(named);
    return walk.take({ do: 'renew', certificate }, `${certificate} is renewed`, goalsOf('update-certificate'));
  });
  return ways;
}

/** Every step after every other: greedily the next step that was not taken after the last one. */
export function planStepPairs(walk: Walk, dataPlane: DataPlane['kind']): void {
  let last: StepKind | undefined;
  while (walk.change(['stickiness by cookie ends'], []));
  const ways = waysOf(walk, (kind) => (last === undefined ? [kind] : [kind, `${last}, then ${kind}`]));
  // On a real disk the certificates are those of all hosts that are played on at once.
  if (dataPlane === 'real') ways.delete('update-certificate');
  const kinds = [...ways.keys()];
  for (const one of kinds) for (const other of kinds) walk.goals.add(`${one}, then ${other}`);
  const open = new Map(kinds.map((kind) => [kind, new Set(kinds)]));
  const take = (kind: StepKind): boolean => walk.shuffled(ways.get(kind)!).some((way) => way());
  for (let left = kinds.length ** 2, tries = 0; left > 0 && tries < 2000; tries++) {
    const after = last === undefined ? [] : [...open.get(last)!];
    const begins = kinds.filter((kind) => open.get(kind)!.size > 0);
    const wanted = (after.length > 0 ? after : begins).sort((a, b) => open.get(b)!.size - open.get(a)!.size);
    const next = wanted.find(take);
    if (next !== undefined) {
      if (last !== undefined && open.get(last)!.delete(next)) left -= 1;
      last = next;
      continue;
    }
    // Both steps of the pair may need the same, such as a member in maintenance.
    const before: StepKind | undefined = last;
    last = undefined;
    for (let times = 0; times <= tries % 3; times++) walk.prepare([FIELD_OF_STEP[wanted[0]!] ?? 'a member joins']);
    if (before !== undefined && take(before)) last = before;
  }
}
