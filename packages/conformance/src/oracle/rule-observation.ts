import type { MemberRecord, RuleRecord } from '@limpet/contract';
import { clientProtocol } from '../concretize/client-protocol.ts';
import { limitsOf } from './limits.ts';

/** What was observed of one rule, or is expected, in words. A missing field was not observed. */
export interface RuleObservation {
  /** Backend servers: `vm1 10.1.2.1:8000 serving weight 3`. */
  servers: readonly string[];
  mode?: string;
  balance?: string;
  /** Client networks that the packet filter lets through; `everybody` for a rule without. */
  accepts?: readonly string[];
  /** Whether a client outside of all networks that the rule admits is answered. */
  stranger?: string;
  /** Whether HAProxy notes which member a client reached. */
  sticky?: string;
  /** Size of its stick table; only where clients are sticky. */
  table?: string;
  /** Path of the certificate that clients are shown. */
  certificate?: string;
  /** Times, numbers and checks. */
  limits?: string;
  /** Which VM answers a client that asks twice. */
  clients?: string;
}

/** The observation of a rule that does not exist. */
export const noObservation: RuleObservation = { servers: [], accepts: [] };

/** A VM that has ended is only `ended`: the model does not determine when HAProxy notices. */
const describeMember = ({ vm, ip, port, state, weight = 1 }: MemberRecord, alive: ReadonlySet<string>): string => {
  const share = state === 'serving' && weight !== 1 ? ` weight ${weight}` : '';
  return `${vm} ${ip}:${port} ${alive.has(vm) ? `${state}${share}` : 'ended'}`;
};

/** Replaces names of servers by the names of the VMs at their addresses. */
export function named(servers: readonly string[], { members }: RuleRecord): string[] {
  return servers.map((server) => {
    const [name = '', address = '', ...rest] = server.split(' ');
    const vm = members.find((member) => `${member.ip}:${member.port}` === address)?.vm;
    return [vm ?? name, address, ...rest].join(' ');
  });
}

/** Replaces the state of servers by `ended` where the VM has ended. */
export function withEnded(servers: readonly string[], { members }: RuleRecord, alive: ReadonlySet<string>): string[] {
  const ended = new Set(members.filter(({ vm }) => !alive.has(vm)).map(({ ip, port }) => `${ip}:${port}`));
  return servers.map((server) => {
    const [name, address = ''] = server.split(' ');
    return ended.has(address) ? `${name} ${address} ended` : server;
  });
}

/** Members that take new clients. */
export const servingOf = ({ members }: RuleRecord): MemberRecord[] =>
  members.filter(({ state }) => state === 'serving');

/** Whether the model determines which VM answers: all members run (HAProxy notices dead ones later), and no TLS, which no client here speaks. */
export const canAsk = (rule: RuleRecord, alive: ReadonlySet<string>): boolean => {
  const serving = servingOf(rule);
  return rule.protocol !== 'ssl' && serving.length > 0 && rule.members.every(({ vm }) => alive.has(vm));
};

/** The expected observation of a rule that the router has. */
export function expectedObservation(rule: RuleRecord, alive: ReadonlySet<string>): RuleObservation {
  const { algorithm, stickiness, cidrs, members, protocol, certificate } = rule;
  const bySource = stickiness.method === 'SourceBased';
  const observation: RuleObservation = {
    servers: members.map((member) => describeMember(member, alive)).sort(),
    ...(protocol === 'ssl' && { certificate }),
    mode: clientProtocol(rule),
    balance: algorithm,
    limits: limitsOf(rule),
    accepts: cidrs.length === 0 ? ['everybody'] : [...cidrs].sort(),
    ...(bySource && { table: `size ${stickiness.tableSize}` }),
  };
  if (!canAsk(rule, alive)) return observation;
  return {
    ...observation,
    ...(stickiness.method === 'none' && { sticky: 'the client has none' }),
    ...(bySource && { sticky: 'the client has an entry' }),
    clients: expectedClients(rule),
    stranger: cidrs.length === 0 || cidrs.includes('198.18.0.0/15') ? 'is answered' : 'is turned away',
  };
}

function expectedClients(rule: RuleRecord): string {
  const serving = servingOf(rule);
  if (serving.length === 1) return `${serving[0]!.vm} answers`;
  if (rule.stickiness.method === 'SourceBased' || rule.algorithm === 'source') return 'one of them answers twice';
  const evenly =
    rule.algorithm === 'roundrobin' && serving.every(({ weight = 1 }) => weight === (serving[0]!.weight ?? 1));
  return evenly ? 'two of them answer' : 'they answer';
}

/** The answers that clients got, in the words of the expected observation. */
export function observedClients(rule: RuleRecord, answers: readonly string[]): string {
  const expected = expectedClients(rule);
  const serving = new Set(servingOf(rule).map(({ vm }) => vm));
  const stranger = answers.find((answer) => !serving.has(answer));
  if (stranger !== undefined) return `answer: ${answers.join(', ')}`;
  if (serving.size === 1) return `${answers[0]} answers`;
  if (expected === 'they answer') return expected;
  return new Set(answers).size === 1 ? 'one of them answers twice' : 'two of them answer';
}
