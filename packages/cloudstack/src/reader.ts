import { type RuleKey, type RuleRecord, ruleKeySchema, ruleRecordSchema } from '@limpet/contract';
import { checked } from './checked.ts';
import type { LoadBalancerDatabag } from './databag.ts';
import { CloudStackError } from './errors.ts';
import { linesOf } from './lines.ts';
import { keyOfProxyName } from './names.ts';
import { readRule } from './rule-reader.ts';
import { type ConfigSection, isStatsSection, sectionsOf, syntax } from './sections.ts';

/** Keywords that CloudStack writes outside of rules. They are the router's own affairs and not read. */
const keywords: Readonly<Record<'global' | 'defaults' | 'stats' | 'vmops', readonly string[]>> = {
  global: ['log', 'maxconn', 'maxpipes', 'chroot', 'user', 'group', 'daemon', 'stats'],
  defaults: ['log', 'mode', 'option', 'no', 'retries', 'timeout', 'stats'],
  stats: ['bind', 'mode', 'option', 'no', 'stats'],
  vmops: ['bind', 'option'],
};

/**
 * The rules in a databag, in its order, read from the haproxy.cfg lines that CloudStack generates. The statistics
 * listeners and the dummy `vmops` are understood and left out; {@link statsListenerFromDatabag} has the former.
 *
 * A databag says less than a rule record, hence: every member is `serving`, its VM is named after its address
 * (`vm-10-1-1-11`), and a stickiness policy without members is not in the file and reads as `none`.
 * @throws CloudStackError that names the line and the remedy.
 */
export function rulesFromDatabag(databag: LoadBalancerDatabag): RuleRecord[] {
  const rules = new Map<string, RuleRecord>();
  for (const section of sectionsOf(linesOf(databag))) {
    const own = ownSection(section);
    if (own) {
      checkKeywords(section, keywords[own]);
      continue;
    }
    if (rules.has(section.name)) {
      throw new CloudStackError(
        'CLOUDSTACK_CONFIG_INCONSISTENT',
        section.opening.place,
        `a second section "${section.name}"; HAProxy refuses duplicate names, so send each rule once`,
      );
    }
    rules.set(section.name, checked(ruleRecordSchema, readRule(section, ruleKey(section)), section.opening));
  }
  return [...rules.values()];
}

function ownSection(section: ConfigSection): keyof typeof keywords | undefined {
  if (section.kind !== 'listen') return section.kind;
  if (isStatsSection(section)) return 'stats';
  return section.name === 'vmops' ? 'vmops' : undefined;
}

function checkKeywords(section: ConfigSection, known: readonly string[]): void {
  for (const line of section.body) {
    if (!known.includes(line.words[0]!)) {
      throw syntax(
        line,
        `"${line.text}" is not known in section "${section.opening.text}"; known are ${known.join(', ')}`,
      );
    }
  }
}

function ruleKey({ name, opening }: ConfigSection): RuleKey {
  const key = keyOfProxyName(name);
  if (!key) throw syntax(opening, `"${name}" is no rule's name; expected one such as 10_0_53_2-8080`);
  return checked(ruleKeySchema, key, opening);
}
