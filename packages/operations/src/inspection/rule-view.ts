import type { RuleRecord, RuleStatus } from '@limpet/contract';
import { generatedConfig, keyOf, proxyName, type RouterSnapshot, type RuleActivity } from '@limpet/router';
import { changesTo } from '../changes.ts';
import { fileRule } from '../rules-file/write-rules.ts';
import type { RuleView } from './rule-view-schema.ts';

/** What is known of a rule beside the snapshot of its router. */
export interface RuleViewParts {
  /** The router's folder. */
  dir: string;
  /** As the router reports it; undefined: it reports nothing of the rule. */
  status: RuleStatus | undefined;
  /** Undefined when HAProxy cannot be asked. */
  activity: RuleActivity | undefined;
}

/** A rule as the inspector shows it; undefined when nobody has heard of it. Pure. @param id `ip:port` */
export function ruleView(id: string, snapshot: RouterSnapshot, parts: RuleViewParts): RuleView | undefined {
  const [wanted, given] = [snapshot.wanted[id], snapshot.programmed[id]];
  if (wanted === undefined && given === undefined) return undefined;
  const { status, activity } = parts;
  const { notResponding } = snapshot.observed;
  const table = activity?.table;
  return {
    rule: id,
    ...(wanted && { desired: wanted.generation }),
    ...(given && { live: given.generation }),
    fields: fieldsOf(wanted?.rule, given?.rule),
    conditions: [...(status?.conditions ?? [])],
    servers: serversOf(id, wanted?.rule, snapshot, activity),
    ...(table && {
      table: { ...table, entries: table.entries.map(({ vm, ...rest }) => ({ ...rest, ...(vm && { vm }) })) },
    }),
    ...(notResponding === undefined ? { plan: planOf(id, snapshot, parts.dir) } : { notResponding }),
    config: configOf(id, snapshot, parts.dir),
  };
}

/** Members are told of as servers. */
function fieldsOf(desired: RuleRecord | undefined, live: RuleRecord | undefined): RuleView['fields'] {
  const [is, was] = [leavesOf(desired), leavesOf(live)];
  return [...new Set([...is.keys(), ...was.keys()])].map((field) => {
    const [one, other] = [is.get(field), was.get(field)];
    return {
      field,
      ...(one !== undefined && { desired: one }),
      ...(other !== undefined && { live: other }),
      differs: one !== other,
    };
  });
}

function leavesOf(rule: RuleRecord | undefined): Map<string, string> {
  const leaves = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      leaves.set(path, typeof value === 'string' ? value : JSON.stringify(value));
      return;
    }
    for (const [key, each] of Object.entries(value))
      if (each !== undefined) walk(each, path === '' ? key : `${path}.${key}`);
  };
  if (rule !== undefined) {
    const { ip: _, port: __, members: ___, ...fields } = fileRule(rule);
    walk(fields, '');
  }
  return leaves;
}

function serversOf(
  id: string,
  desired: RuleRecord | undefined,
  { observed }: RouterSnapshot,
  activity: RuleActivity | undefined,
): RuleView['servers'] {
  const members = new Map(desired?.members.map((member) => [member.vm, member]));
  const live = observed.live?.servers.get(proxyName(keyOf(id))) ?? new Map();
  const doing = new Map(activity?.servers.map((server) => [server.vm, server]));
  return [...new Set([...members.keys(), ...live.keys()])].map((vm) => {
    const [member, server, now] = [members.get(vm), live.get(vm), doing.get(vm)];
    const wanted =
      member &&
      wordsOf(
        member.ip,
        member.port,
        member.state === 'draining' ? 0 : (member.weight ?? 1),
        member.state === 'maintenance',
      );
    const is = server && wordsOf(server.ip, server.port, server.weight, server.maintenance);
    return {
      vm,
      ...(wanted !== undefined && { desired: wanted }),
      ...(is !== undefined && { live: is }),
      differs: wanted !== is,
      ...(now && { status: now.status, connections: now.connections, total: now.total }),
    };
  });
}

const wordsOf = (ip: string, port: number, weight: number, maintenance: boolean): string =>
  `${ip}:${port}, ${maintenance ? 'maintenance' : `weight ${weight}`}`;

function planOf(id: string, snapshot: RouterSnapshot, dir: string): RuleView['plan'] {
  const { wanted, settings } = snapshot;
  const rules = Object.values(wanted).map(({ rule }) => rule);
  const changes = changesTo({ rules, settings, unreadable: [] }, snapshot, dir);
  const own = changes.rules.find(({ rule }) => rule === id);
  const refusals = changes.refusals.filter(({ rule }) => rule === id);
  return {
    action: own?.action ?? 'none',
    steps: [...(own?.steps ?? [])],
    reload: own?.reload ?? null,
    disturbs: [...(own?.disturbs ?? [])],
    also: [
      ...changes.also.filter((line) => line.startsWith(`${id}: `)).map((line) => line.slice(id.length + 2)),
      ...refusals.map(({ reason, message }) => `refused (${reason}): ${message}`),
    ],
  };
}

/** All files would be megabytes with thousands of rules. */
const configOf = (id: string, snapshot: RouterSnapshot, dir: string): RuleView['config'] =>
  generatedConfig(snapshot, dir)
    .filter(({ parts }) => parts.some(({ rule }) => rule === id || rule === undefined))
    .map(({ name, differs, parts }) => ({
      name,
      differs,
      parts: parts.map(({ rule, first, lines }) => ({ ...(rule !== undefined && { rule }), first, lines: [...lines] })),
    }))
    // The rule's own file first.
    .toReversed();
