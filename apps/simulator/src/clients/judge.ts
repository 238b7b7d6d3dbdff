/**
 * The oracle of a rule: its clients. A rule is judged by which VM answered which client, never by a configuration.
 *
 * @module
 */
import type { RuleRecord } from '@limpet/contract';
import type { Answer } from '../test-bed/test-bed.ts';
import { bindsByCookie } from './client.ts';

/** One answer that a client got. */
export interface Observation {
  client: string;
  kind: 'fresh' | 'held';
  /** The VM that the client's cookies named when it asked. */
  bound?: string | undefined;
  answer: Answer;
}

/** Why a rule is not in force, in words. */
export interface Finding {
  /** `ip:port`. */
  rule: string;
  expected: string;
  saw: string;
}

/** True when every connection of one client has to reach the same VM. */
export const bindsClients = (rule: Pick<RuleRecord, 'stickiness' | 'algorithm'>): boolean =>
  rule.stickiness.method === 'SourceBased' || rule.algorithm === 'source';

/**
 * Judges one rule by what its clients saw.
 *
 * - Every answer comes from a current member, and none from one in maintenance.
 * - With LbCookie or AppCookie: each client has been given a cookie, and the VM that it names answers.
 * - With SourceBased stickiness, or the algorithm `source`: each client sees one VM over all its connections, held ones
 *   included.
 * - Otherwise, with two members or more and round robin: a client sees more than one VM over its fresh connections. With
 *   leastconn the least loaded member may be the same one for all clients.
 *
 * @returns undefined when the rule is in force
 */
export function judgeRule(rule: RuleRecord, observations: readonly Observation[]): Finding | undefined {
  const finding = (expected: string, saw: string): Finding => ({ rule: `${rule.ip}:${rule.port}`, expected, saw });
  if (observations.length === 0) return finding('answers', 'no client asked');
  const members = new Set(rule.members.flatMap(({ vm, state }) => (state === 'maintenance' ? [] : [vm])));
  for (const { client, kind, answer } of observations) {
    const who = `client ${client} on a ${kind} connection`;
    if (!answer.ok) return finding('an answer on every connection', `${who}: ${answer.error}`);
    if (!members.has(answer.vm)) return finding('answers from current members only', `${who}: ${answer.vm}`);
  }
  if (bindsByCookie(rule)) return whereCookiesSay(observations, finding);
  return bindsClients(rule) ? oneVmEach(observations, finding) : severalVms(rule, observations, finding);
}

type FindingOf = (expected: string, saw: string) => Finding;

function whereCookiesSay(observations: readonly Observation[], finding: FindingOf): Finding | undefined {
  const bound = new Set<string>();
  for (const { client, kind, bound: vm, answer } of observations) {
    if (vm === undefined || !answer.ok) continue;
    bound.add(client);
    if (answer.vm !== vm) {
      return finding(`client ${client} on ${vm}, as its cookie says`, `on a ${kind} connection: ${answer.vm}`);
    }
  }
  const without = observations.find(({ client }) => !bound.has(client));
  return without && finding('a cookie for each client', `client ${without.client} was given none`);
}

function oneVmEach(observations: readonly Observation[], finding: FindingOf): Finding | undefined {
  for (const [client, vms] of vmsByClient(observations)) {
    if (vms.length > 1) return finding('one VM for each client', `client ${client} was answered by ${vms.join(', ')}`);
  }
  return undefined;
}

function severalVms(rule: RuleRecord, observations: readonly Observation[], finding: FindingOf): Finding | undefined {
  const fresh = vmsByClient(observations.filter((observation) => observation.kind === 'fresh'));
  const serving = rule.members.filter((member) => member.state === 'serving');
  if (serving.length < 2 || rule.algorithm === 'leastconn' || [...fresh.values()].some((vms) => vms.length > 1))
    return undefined;
  return finding('more than one VM for a client', `each of ${fresh.size} clients was answered by one VM only`);
}

function vmsByClient(observations: readonly Observation[]): Map<string, string[]> {
  const seen = new Map<string, string[]>();
  for (const { client, answer } of observations) {
    if (!answer.ok) continue;
    const vms = seen.get(client) ?? [];
    if (!vms.includes(answer.vm)) vms.push(answer.vm);
    seen.set(client, vms);
  }
  return seen;
}
