import { ruleKeySchema } from '@limpet/contract';
import { checked } from './checked.ts';
import type { LoadBalancerDatabag } from './databag.ts';
import { linesOf } from './lines.ts';
import { inconsistent } from './rule-draft.ts';
import { type ConfigSection, isStatsSection, sectionsOf, syntax } from './sections.ts';
import type { StatsListener } from './settings.ts';

/**
 * The statistics listener of a databag; undefined when `lbStatsVisibility` is `disabled`. With `all` there are several, and
 * the first is meant.
 *
 * @throws CloudStackError that names the line.
 */
export function statsListenerFromDatabag(databag: LoadBalancerDatabag): StatsListener | undefined {
  const section = sectionsOf(linesOf(databag)).find(isStatsSection);
  if (!section) return undefined;
  const [, ip, port] = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/.exec(wordAfter(section, 'bind')) ?? [];
  if (ip === undefined) throw syntax(section.opening, `section "${section.name}" should have a "bind IPV4:PORT"`);
  const key = checked(ruleKeySchema, { ip, port: Number(port) }, section.opening);
  const listed = databag.config.stat_rules.find((entry) => entry.startsWith(`${key.ip}:${key.port}:`));
  return {
    ...key,
    uri: wordAfter(section, 'stats uri'),
    auth: wordAfter(section, 'stats auth'),
    sourceCidrs: listed?.split(':')[2] ?? '',
  };
}

function wordAfter({ name, opening, body }: ConfigSection, keyword: string): string {
  const words = keyword.split(' ');
  const line = body.find((each) => words.every((word, i) => each.words[i] === word));
  const value = line?.words[words.length];
  if (value === undefined) throw inconsistent(opening, `section "${name}" has no "${keyword}" with a value`);
  return value;
}
