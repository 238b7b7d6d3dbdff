import { CloudStackError } from '../errors.ts';
import type { ConfigLine } from './lines.ts';

/** Of HAProxy: what CloudStack writes, and what would otherwise look like lines of the section before it. */
const kinds = [
  ...(['global', 'defaults', 'listen', 'frontend', 'backend', 'peers'] as const),
  ...(['cache', 'crt-store', 'fcgi-app', 'http-errors', 'log-forward', 'mailers', 'program'] as const),
  ...(['resolvers', 'ring', 'traces', 'userlist'] as const),
];

/** A section of haproxy.cfg: its opening line and its body. */
export interface ConfigSection {
  kind: (typeof kinds)[number];
  /** Empty for those that have none. */
  name: string;
  opening: ConfigLine;
  body: ConfigLine[];
}

/** Groups lines into sections. CloudStack writes one `global`, one `defaults` and any number of `listen`. */
export function sectionsOf(lines: readonly ConfigLine[]): { sections: ConfigSection[]; stray: ConfigLine[] } {
  const sections: ConfigSection[] = [];
  const stray: ConfigLine[] = [];
  for (const line of lines) {
    const kind = kinds.find((known) => known === line.words[0]);
    const section = sections.at(-1);
    if (kind) sections.push({ kind, name: line.words[1] ?? '', opening: line, body: [] });
    else if (section) section.body.push(line);
    else stray.push(line);
  }
  return { sections, stray };
}

/** Whether it is a statistics listener: `lbStatsVisibility` says on which of the router's addresses. */
export const isStatisticsSection = ({ kind, name }: ConfigSection): boolean =>
  kind === 'listen' && /^stats_on_(public|guest|private)$/.test(name);

/** A line that CloudStack does not write. */
export function syntax(line: ConfigLine, problem: string): CloudStackError {
  return new CloudStackError('CLOUDSTACK_CONFIG_SYNTAX', line.place, problem);
}
