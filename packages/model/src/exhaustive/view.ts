/**
 * What can be seen of the whole from outside: what a monitor compares a trace with.
 *
 * @module
 */
import type { Cell } from './cell.ts';
import type { CheckModel } from './check-model.ts';
import { ROUTER_STATES } from './router-steps.ts';

/** What one rule contributes to a heartbeat; `N` in the names of its fields is the group's number, from 1. */
const FIELDS: readonly (readonly [name: string, of: (cell: Cell) => string | number])[] = [
  ['group', (cell) => cell.group.value],
  ['rule', (cell) => cell.rule.value],
  ['reported', (cell) => (cell.rule.context.inForce === 'current' ? 'in force' : 'not in force')],
  ['served', servedOf],
  ['vms', (cell) => cell.members.filter((member) => member.value !== 'gone').length],
  ['harm', (cell) => cell.harm.filter((harm) => harm !== 'protocolUnsent').join('+') || 'none'],
];

/**
 * The view of a model, in the form that the checker's monitor takes.
 *
 * Events are named after what happens, `group-N/` before them when they are about one group: `group-1/user-enables-the-group`,
 * `router-is-deployed`. Traces are kept, so the names are a contract. Faults leave no line.
 *
 * A heartbeat can be written when nothing is under way: the management side waits for nothing, the router is idle, no VM starts
 * or drains. Per group it has `group-N` and `rule-N` (their states), `reported-N` (what users are told), `served-N` (which
 * of the rule's configurations the router runs: `latest`, `older` or `nothing`), `vms-N` (how many there are, failed ones
 * too) and `harm-N` (what clients, the stick tables and the packet filter show that never may be; `none` without a bug).
 */
export function createView(model: CheckModel) {
  const { compiled, layout } = model;
  const groups = layout.wordOf.length;
  const names = compiled.labels.map(({ kind, text }) => (kind === 'fault' ? undefined : kebab(text)));
  const ofRouter = new Set(compiled.moveLabel);
  const resting = restingBlocks(model);
  const out = {
    states: new Uint32Array(model.maxSuccessors * model.words),
    labels: new Uint32Array(model.maxSuccessors),
    count: 0,
  };
  return {
    eventOf: (label: number): string | undefined => {
      const step = Math.floor(label / groups);
      const name = names[step];
      return name === undefined || ofRouter.has(step) ? name : `group-${(label % groups) + 1}/${name}`;
    },
    heartbeatFields: Array.from({ length: groups }, (_, i) => FIELDS.map(([name]) => `${name}-${i + 1}`)).flat(),
    heartbeatOf: (states: Uint32Array, at: number): readonly (string | number)[] | undefined => {
      const router = layout.router(states, at);
      const fields: (string | number)[] = [];
      for (let i = 0; i < groups; i++) {
        const own = resting.get(compiled.base[router]! + layout.cell(states, at, i));
        if (own === undefined) return undefined;
        fields.push(...own);
      }
      model.successors(states, at, out);
      for (let i = 0; i < out.count; i++) if (model.kindOf(out.labels[i]!) === 'system') return undefined;
      return fields;
    },
  };
}

/**
 * The fields of each block whose cells are at rest. A bug may merge cells that look different (a broken cell takes no step):
 * no heartbeat is made up for those.
 */
function restingBlocks({ compiled: { enumeration, blockOf } }: CheckModel): Map<number, readonly (string | number)[]> {
  const found = new Map<number, readonly (string | number)[] | undefined>();
  enumeration.nodes.forEach(({ cell, router }, node) => {
    const block = blockOf[node]!;
    const fields = isAtRest(cell, ROUTER_STATES[router]!) ? FIELDS.map(([, of]) => of(cell)) : undefined;
    const before = found.has(block) ? found.get(block) : fields;
    found.set(block, before?.join() === fields?.join() ? fields : undefined);
  });
  return new Map([...found].flatMap(([block, fields]) => (fields === undefined ? [] : [[block, fields]])));
}

function isAtRest({ group, members, entry, queued, answer }: Cell, router: string): boolean {
  return (
    router === 'running' &&
    !queued &&
    answer === undefined &&
    !['new', 'revoke'].includes(group.value) &&
    !['applying', 'removing', 'programmed'].includes(entry.value) &&
    !members.some((member) => member.value === 'provisioning' || member.value === 'draining')
  );
}

function servedOf({ entry, live, rule, harm }: Cell): string {
  if (entry.context.serves === 'absent') return 'nothing';
  const isLatest = entry.context.serves === 'current' && live === rule.context.stickiness;
  return isLatest && !harm.includes('protocolUnsent') ? 'latest' : 'older';
}

/** `the answer "applied" arrives` is `answer-applied-arrives`. */
function kebab(text: string): string {
  return text
    .replace(/^(an?|the) /, '')
    .replace(/[^\w\s]/g, '')
    .replace(/\s+/g, '-')
    .toLowerCase();
}
