import { IptablesError } from './error.ts';

/** One match of a module, as `-m conntrack --ctstate NEW`. */
export interface Match {
  module: string;
  /** Options with their values, in the order given: `[['--ctstate', 'NEW']]`. */
  options: [name: string, value: string][];
}

/** A rule without its chain, in the form of iptables-save: networks with a prefix, modules named. */
export interface FilterRule {
  source: string | undefined;
  destination: string | undefined;
  input: string | undefined;
  output: string | undefined;
  protocol: string | undefined;
  /** Those of the five fields that `!` negates. */
  negated: readonly string[];
  matches: Match[];
  target: string | undefined;
  targetOptions: string[];
}

type Field = 'source' | 'destination' | 'input' | 'output' | 'protocol';

const fields: Readonly<Record<string, Field>> = {
  '-s': 'source',
  '--source': 'source',
  '--src': 'source',
  '-d': 'destination',
  '--destination': 'destination',
  '--dst': 'destination',
  '-i': 'input',
  '--in-interface': 'input',
  '-o': 'output',
  '--out-interface': 'output',
  '-p': 'protocol',
  '--protocol': 'protocol',
};

/** Options by the module that they belong to. `--dport` without `-m` loads the protocol's own module. */
const moduleOptions: Readonly<Record<string, readonly string[]>> = {
  conntrack: ['--ctstate'],
  state: ['--state'],
  comment: ['--comment'],
  multiport: ['--dports'],
  tcp: ['--dport', '--sport'],
  udp: ['--dport', '--sport'],
};

/** iptables-save writes states in this order, whatever order they were given in (libxt_conntrack.c). */
const states = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED'];

/** Reads the words after `-A CHAIN`. @throws IptablesError. */
export function parseRule(words: readonly string[]): FilterRule {
  const rule: FilterRule = {
    source: undefined,
    destination: undefined,
    input: undefined,
    output: undefined,
    protocol: undefined,
    negated: [],
    matches: [],
    target: undefined,
    targetOptions: [],
  };
  let negate = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    const value = words[at + 1];
    if (word === '!') {
      negate = true;
      continue;
    }
    if (value === undefined) throw new IptablesError(2, `option "${word}" requires an argument`);
    at += 1;
    const field = fields[word];
    if (field) {
      rule[field] = field === 'source' || field === 'destination' ? canonicalNetwork(value) : value;
      if (negate) rule.negated = [...rule.negated, field];
      negate = false;
    } else if (word === '-m' || word === '--match') {
      if (!Object.hasOwn(moduleOptions, value)) throw new IptablesError(2, `Couldn't load match \`${value}'`);
      rule.matches.push({ module: value, options: [] });
    } else if (word === '-j' || word === '--jump' || word === '-g') {
      rule.target = value;
    } else if (rule.target !== undefined) {
      rule.targetOptions.push(word, value);
    } else {
      matchFor(rule, word).options.push([word, canonicalValue(word, value)]);
    }
  }
  if (rule.target === 'REJECT' && rule.targetOptions.length === 0) {
    rule.targetOptions = ['--reject-with', 'icmp-port-unreachable'];
  }
  return rule;
}

function matchFor(rule: FilterRule, option: string): Match {
  const loaded = rule.matches.find(({ module }) => moduleOptions[module]?.includes(option));
  if (loaded) return loaded;
  const { protocol = '' } = rule;
  if (!moduleOptions[protocol]?.includes(option)) throw new IptablesError(2, `unknown option "${option}"`);
  const match = { module: protocol, options: [] };
  rule.matches.push(match);
  return match;
}

function canonicalValue(option: string, value: string): string {
  if (option !== '--ctstate' && option !== '--state') return value;
  const given = value.split(',');
  return states.filter((state) => given.includes(state)).join(',');
}

function canonicalNetwork(value: string): string | undefined {
  const [address = '', prefix = '32'] = value.split('/');
  if (prefix === '0') return undefined;
  const bytes = address.split('.').map(Number);
  if (bytes.length !== 4 || bytes.some((byte) => !(byte >= 0 && byte <= 255)) || !(Number(prefix) <= 32)) {
    throw new IptablesError(2, `host/network \`${value}' not found`);
  }
  const kept = bytes.map((byte, index) => {
    const bits = Math.min(8, Math.max(0, Number(prefix) - index * 8));
    return byte & (0xff << (8 - bits)) & 0xff;
  });
  return `${kept.join('.')}/${prefix}`;
}

/** The rule in the format of iptables-save, without `-A CHAIN`. */
export function renderRule(rule: FilterRule): string {
  const flags: [string, Field][] = [
    ['-s', 'source'],
    ['-d', 'destination'],
    ['-i', 'input'],
    ['-o', 'output'],
    ['-p', 'protocol'],
  ];
  const words: string[] = [];
  for (const [flag, field] of flags) {
    const value = rule[field];
    if (value !== undefined) words.push(...(rule.negated.includes(field) ? ['!'] : []), flag, value);
  }
  for (const { module, options } of rule.matches) words.push('-m', module, ...options.flatMap(renderOption));
  if (rule.target !== undefined) words.push('-j', rule.target, ...rule.targetOptions);
  return words.join(' ');
}

function renderOption([name, value]: [name: string, value: string]): string[] {
  // Only free text is quoted (xtables_save_string).
  const plain = name !== '--comment' || /^[A-Za-z0-9_-]+$/.test(value);
  return [name, plain ? value : `"${value.replace(/["\\']/g, '\\$&')}"`];
}
