import type { LoadBalancerConfig } from '@limpet/cloudstack';
import type { KnownDefects } from './known-defects.ts';

/** An iptables rule in CsNetfilter's form: options and values, without order. */
type Options = ReadonlyMap<string, string>;

/**
 * The iptables calls of one pass over INPUT, in order: missing accepts appended, revoked ones deleted, unwanted ones
 * deleted (CsLoadBalancer._configure_firewall, then CsNetfilters.compare).
 *
 * CloudStack compares the text, and never finds its `-d a` in the `-d a/32` of iptables-save: each pass appends every
 * accept again and deletes the old one. The outcome is the same; this copy keeps existing accepts. CloudStack also
 * deletes every rule that is in no standard file; this copy deletes only rules with the form of an accept for a load
 * balancer rule.
 *
 * @param saved the output of `iptables-save -t filter`.
 * @param knownDefects with `appendOnlyAccept`, equal rules count as one, so that duplicates stay.
 */
export function acceptCalls(
  saved: string,
  { add_rules, remove_rules, stat_rules }: Pick<LoadBalancerConfig, 'add_rules' | 'remove_rules' | 'stat_rules'>,
  knownDefects: Pick<KnownDefects, 'appendOnlyAccept' | 'acceptMissing' | 'acceptLeftBehind'>,
): string[][] {
  const listeners = knownDefects.acceptMissing ? [] : add_rules;
  const wanted = new Set([...listeners, ...stat_rules].filter((entry) => entry !== '').map(accept));
  const present = saved.split('\n').flatMap((line) => {
    const options = optionsOf(line);
    return isAccept(options) ? [acceptOf(options)] : [];
  });
  const known = new Set(present);
  const append = [...wanted].filter((rule) => !known.has(rule)).map((rule) => call('-A', rule));
  if (knownDefects.acceptLeftBehind) return append;
  if (knownDefects.appendOnlyAccept) {
    // Deletes a revoked rule twice: by name, and as unwanted. The second call finds nothing, or a duplicate; its result
    // is ignored.
    const revoked = remove_rules.map((entry) => call('-D', accept(entry)));
    const unwanted = [...known].filter((rule) => !wanted.has(rule)).map((rule) => call('-D', rule));
    return [...append, ...revoked, ...unwanted];
  }
  const surplus = present.filter((rule, i) => !wanted.has(rule) || present.indexOf(rule) !== i);
  return [...append, ...surplus.map((rule) => call('-D', rule))];
}

/** The `ip:port` of a databag's entry `ip:port:...`. */
function accept(entry: string): string {
  const [ip, port] = entry.split(':');
  return `${ip}:${port}`;
}

function call(action: '-A' | '-D', rule: string): string[] {
  const [ip, port] = rule.split(':') as [string, string];
  // CloudStack's spelling and order.
  return [
    action,
    'INPUT',
    '-p',
    'tcp',
    '-m',
    'tcp',
    '-d',
    ip,
    '--dport',
    port,
    '-m',
    'state',
    '--state',
    'NEW',
    '-j',
    'ACCEPT',
  ];
}

function acceptOf(options: Options): string {
  return `${options.get('-d')!.replace(/\/32$/, '')}:${options.get('--dport')}`;
}

/** Pairs of words, as from CsNetfilter.__convert_to_dict, which calls the second `-m` `-m2`. */
function optionsOf(line: string): Options {
  const words = line.trim().replace('-m state', '-m2 state').split(' ');
  const options = new Map<string, string>();
  for (let i = 0; i + 1 < words.length; i += 2) options.set(words[i]!, words[i + 1]!);
  return options;
}

const fixedOptions = [
  ['-A', 'INPUT'],
  ['-p', 'tcp'],
  ['-m', 'tcp'],
  ['-m2', 'state'],
  ['--state', 'NEW'],
  ['-j', 'ACCEPT'],
] as const;

function isAccept(options: Options): boolean {
  return (
    options.size === fixedOptions.length + 2 &&
    fixedOptions.every(([option, value]) => options.get(option) === value) &&
    /^\d+\.\d+\.\d+\.\d+\/32$/.test(options.get('-d') ?? '') &&
    /^\d+$/.test(options.get('--dport') ?? '')
  );
}
