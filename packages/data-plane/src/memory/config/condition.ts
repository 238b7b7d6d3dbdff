import type { Network } from '../ip.ts';
import { inNetwork, parseNetwork } from '../ip.ts';

/** The connection for which a condition is evaluated. */
export interface Sample {
  /** Undefined when the peer has no IP address (a unix socket before its PROXY header). */
  source: string | undefined;
  proxy: string;
  /** The value of a key in a map file of the worker. */
  lookup(path: string, key: string): string | undefined;
}

/** A condition of a line (`if ...`), compiled: whether it holds for a sample. */
export type Condition = (sample: Sample) => boolean;

/** The condition of a line that has none. */
export const always: Condition = () => true;

/** Predefined ACLs (configuration.txt 7.4). `WAIT_END` always holds, since connections do not wait in the emulator. */
const predefined: ReadonlyMap<string, readonly Condition[]> = new Map([['WAIT_END', [always]]]);

/** A condition that the emulator does not support, or that HAProxy rejects. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
}

/** Named ACLs of a section, and the map files that its conditions read. */
export interface ConditionContext {
  acls: ReadonlyMap<string, readonly Condition[]>;
  maps: Set<string>;
}

/** Reads `if A !B { src 10.0.0.0/8 } or C` (configuration.txt 7.2): blanks are and, `or` binds weaker. */
export function parseCondition(words: readonly string[], context: ConditionContext): Condition {
  const [keyword, ...rest] = words;
  if (keyword === undefined) return always;
  if ((keyword !== 'if' && keyword !== 'unless') || rest.length === 0) {
    throw new ConditionError(`expects 'if' or 'unless' followed by a condition, got '${words.join(' ')}'`);
  }
  const clauses: Condition[][] = [[]];
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] as string;
    if (word === 'or' || word === '||') {
      clauses.push([]);
      continue;
    }
    const negated = word.startsWith('!');
    const name = negated && word.length > 1 ? word.slice(1) : negated ? (rest[++at] ?? '') : word;
    let term: Condition;
    if (name === '{') {
      const end = rest.indexOf('}', at);
      if (end < 0) throw new ConditionError("missing closing '}' in condition");
      term = parseTest(rest.slice(at + 1, end), context);
      at = end;
    } else {
      const tests = context.acls.get(name) ?? predefined.get(name);
      if (!tests) throw new ConditionError(`no such ACL : '${name}'.`);
      term = (sample) => tests.some((test) => test(sample));
    }
    clauses.at(-1)?.push(negated ? (sample) => !term(sample) : term);
  }
  const holds: Condition = (sample) => clauses.some((clause) => clause.every((term) => term(sample)));
  return keyword === 'if' ? holds : (sample) => !holds(sample);
}

/** Reads one test: a sample expression, its match flags and its values. */
export function parseTest(words: readonly string[], context: ConditionContext): Condition {
  const [expression = '', ...rest] = words;
  const values: string[] = [];
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] as string;
    if (word === '-m') at += 1;
    else if (word !== '--') values.push(word);
  }
  if (expression === 'src') return sourceTest(values);
  // No connection waits in the emulator, for however young a worker.
  if (/^date\(0,ms\),sub\(proc\.\w+\)$/.test(expression)) return () => false;
  const map = /^(?:[bf]e_name|str\((\w+)\)),map_str\(([^,()]+)(?:,([^()]*))?\)$/.exec(expression);
  if (map?.[2] === undefined) {
    throw new ConditionError(
      `'${expression}' is not modelled by the HAProxy in memory: it knows src, the age of a worker by date and sub, and be_name, fe_name or str(KEY) with ,map_str(FILE,DEFAULT).`,
    );
  }
  const [, key, path, fallback] = map;
  context.maps.add(path);
  return (sample) => {
    const value = sample.lookup(path, key ?? sample.proxy) ?? fallback;
    return value !== undefined && values.includes(value);
  };
}

function sourceTest(values: readonly string[]): Condition {
  const networks = values.map((value): Network => {
    const network = parseNetwork(value);
    if (!network) throw new ConditionError(`'${value}' is not a valid IPv4 or IPv6 address.`);
    return network;
  });
  return ({ source }) => source !== undefined && networks.some((network) => inNetwork(source, network));
}
