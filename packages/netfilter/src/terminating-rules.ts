import { contains, numberOf, parseNetwork } from './packet-path/network.ts';
import { ruleWords } from './rule-words.ts';
import type { Chain } from './ruleset.ts';

/**
 * A rule whose target ends a packet's way (a terminating target, iptables-extensions(8)), and how a packet comes to it: the
 * jumps to its chain first, the rule itself last.
 */
export type TerminatingRule = readonly string[];

/** The first packet of a TCP connection, from any client. */
export interface NewConnection {
  /** IPv4 address, as a dotted quad. */
  destination: string;
  /** 0 to 65535. */
  port: number;
}

/**
 * The rules that a packet meets in `chain` before `rule`, or before its end where it has no such rule, and that can
 * accept, drop or reject it; those of chains that are jumped to as well. A RETURN of a built-in chain decides, too: the
 * policy follows.
 *
 * @param chains of one table.
 */
export function terminatingRulesBefore(chains: readonly Chain[], chain: string, rule: string): TerminatingRule[] {
  const inOrder = chains.find(({ name }) => name === chain)?.rules ?? [];
  const end = inOrder.indexOf(rule);
  const named = new Map(chains.map((each) => [each.name, each]));
  return (end < 0 ? inOrder : inOrder.slice(0, end)).flatMap((each) => terminatingRulesIn(each, [], named));
}

function terminatingRulesIn(
  rule: string,
  path: TerminatingRule,
  chains: ReadonlyMap<string, Chain>,
): TerminatingRule[] {
  const target = targetOf(rule) ?? '';
  const here = [...path, rule];
  if (verdicts.has(target) || (target === 'RETURN' && path.length === 0)) return [here];
  return (chains.get(target)?.rules ?? []).flatMap((inner) => terminatingRulesIn(inner, here, chains));
}

const verdicts = new Set(['ACCEPT', 'DROP', 'REJECT']);

/** What `-j` or `-g` names; undefined: the rule only counts. */
export function targetOf(rule: string): string | undefined {
  const words = ruleWords(rule);
  const at = words.findIndex((word) => word === '-j' || word === '-g');
  return at < 0 ? undefined : words[at + 1];
}

/**
 * A test whether a new connection may match the rule and each jump that leads to it: for some client, over some interface
 * but `lo`. A match that this function does not know (`-m limit`, `-m set` ...) may match.
 */
export function mayMatch(rule: TerminatingRule): (connection: NewConnection) => boolean {
  const tests = rule.flatMap(testsOf);
  return (connection) => tests.every((holds) => holds(connection));
}

type Test = (connection: NewConnection) => boolean;

/** By option: whether a value may match. */
const options: Readonly<Record<string, (value: string) => Test>> = {
  '-d': (value) => {
    const network = parseNetwork(value);
    return ({ destination }) => contains(network, numberOf(destination));
  },
  '-p': (value) => () => value === 'tcp',
  '--dport': (value) => portIn(value),
  '--dports': (value) => portIn(value),
  '--ctstate': (value) => () => value.split(',').includes('NEW'),
  '--state': (value) => () => value.split(',').includes('NEW'),
};

function testsOf(rule: string): Test[] {
  const words = ruleWords(rule);
  const tests: Test[] = [];
  for (const [at, word] of words.entries()) {
    const value = words[at + 1];
    if (value === undefined || words[at - 1] === '--comment') continue;
    const negated = words[at - 1] === '!';
    const test = Object.hasOwn(options, word) ? options[word]!(value) : undefined;
    if (test) tests.push((connection) => test(connection) !== negated);
    else if (word === '-i' && value === 'lo' && !negated) tests.push(() => false);
  }
  return tests;
}

const portIn =
  (ranges: string): Test =>
  ({ port }) =>
    ranges.split(',').some((range) => {
      const [low = '', high = low] = range.split(':');
      return port >= Number(low) && port <= Number(high);
    });
