import { type StatisticsPage, statisticsPageSchema } from '@limpet/contract';
import { checked } from './checked.ts';
import type { ConfigLine } from './lines.ts';
import type { Notes } from './notes.ts';
import { inconsistent } from './rule-draft.ts';
import { type ConfigSection, syntax } from './sections.ts';

/** Lines of one form, which every statistics page of Limpet has as well. */
const fixed = ['mode http', 'option httpclose', 'stats enable', 'stats realm Haproxy\\ Statistics'];
const valued = ['bind', 'stats uri', 'stats auth'] as const;

/**
 * The statistics page of a `listen stats_on_...` section; undefined when it cannot be read, which is noted.
 *
 * @param statRules `stat_rules` of the databag, of which the page's own says who may connect
 */
export function readStatistics(
  section: ConfigSection,
  statRules: readonly string[],
  notes: Notes,
): StatisticsPage | undefined {
  const seen = new Set<string>();
  for (const line of section.body) {
    const keyword = keywordOf(line);
    if (keyword === undefined) {
      if (!fixed.includes(line.words.join(' '))) notes.add(line, 'is not known in a statistics listener');
    } else if (seen.has(keyword)) notes.add(line, `a second "${keyword}"; the first one counts`);
    else seen.add(keyword);
  }
  let page: StatisticsPage | undefined;
  notes.unlessUnreadable(section.opening, () => {
    const bind = valueAfter(section, 'bind');
    const [, ip, port] = /^(\S+):(\d{1,5})$/.exec(bind.value) ?? [];
    if (ip === undefined) throw syntax(bind.line, `"${bind.line.text}" should be "bind IPV4:PORT"`);
    const auth = valueAfter(section, 'stats auth');
    const [user, ...password] = auth.value.split(':');
    page = checked(
      statisticsPageSchema,
      {
        ip,
        port: Number(port),
        cidrs: networksOf(section, statRules, `${ip}:${port}:`, notes),
        uri: valueAfter(section, 'stats uri').value,
        user,
        password: password.join(':'),
      },
      section.opening,
    );
  });
  return page;
}

/** `ip:port:cidrs:,`; with the statistics on all addresses it is about `0.0.0.0/0`. `0/0` is everybody. */
function networksOf({ opening }: ConfigSection, statRules: readonly string[], at: string, notes: Notes): string[] {
  const everywhere = `0.0.0.0/0:${at.split(':')[1]}:`;
  const entry = statRules.find((each) => each.startsWith(at)) ?? statRules.find((each) => each.startsWith(everywhere));
  const cidrs = (entry?.split(':')[2] ?? '').split(/[ ,]+/).filter((cidr) => cidr !== '' && cidr !== '0/0');
  const networks = cidrs.map((cidr) => (cidr.includes('/') ? cidr : `${cidr}/32`));
  if (statisticsPageSchema.shape.cidrs.safeParse(networks).success) return networks;
  notes.add(
    opening,
    `its networks "${cidrs.join(' ')}" (stat_rules) are not such as 10.0.0.0/8; everybody may connect`,
  );
  return [];
}

function valueAfter({ name, opening, body }: ConfigSection, keyword: (typeof valued)[number]) {
  const line = body.find((each) => keywordOf(each) === keyword);
  const [value, ...rest] = line?.words.slice(keyword.split(' ').length) ?? [];
  if (line === undefined || value === undefined) {
    throw inconsistent(opening, `section "${name}" has no "${keyword}" with a value`);
  }
  // TLS on the bind, say: without it the password would travel in clear.
  if (rest.length > 0) throw inconsistent(opening, `"${line.text}" has more than "${keyword}" and one value`);
  return { line, value };
}

const keywordOf = ({ words }: ConfigLine): (typeof valued)[number] | undefined =>
  valued.find((keyword) => keyword.split(' ').every((word, i) => words[i] === word));
