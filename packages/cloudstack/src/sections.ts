import { CloudStackError } from './errors.ts';
import type { ConfigLine } from './lines.ts';

/** A section of haproxy.cfg: its opening line and its body. */
export interface ConfigSection {
  kind: 'global' | 'defaults' | 'listen';
  name: string;
  opening: ConfigLine;
  body: ConfigLine[];
}

/** Groups lines into sections. CloudStack writes one `global`, one `defaults` and any number of `listen`. */
export function sectionsOf(lines: readonly ConfigLine[]): ConfigSection[] {
  const sections: ConfigSection[] = [];
  for (const line of lines) {
    const kind = sectionKind(line);
    const section = sections.at(-1);
    if (kind) sections.push({ kind, name: line.words[1] ?? '', opening: line, body: [] });
    else if (section) section.body.push(line);
    else throw syntax(line, `"${line.text}" stands before the first section; expected "global"`);
  }
  return sections;
}

/** Whether it is a statistics listener: `lbStatsVisibility` says on which of the router's addresses. */
export const isStatsSection = ({ kind, name }: ConfigSection): boolean =>
  kind === 'listen' && /^stats_on_(public|guest|private)$/.test(name);

/** A line that CloudStack does not write. */
export function syntax(line: ConfigLine, problem: string): CloudStackError {
  return new CloudStackError('CLOUDSTACK_CONFIG_SYNTAX', line.place, problem);
}

function sectionKind({ place, text, words }: ConfigLine): ConfigSection['kind'] | undefined {
  switch (words[0]) {
    case 'global':
    case 'defaults':
      if (words.length === 1) return words[0];
      throw new CloudStackError('CLOUDSTACK_CONFIG_SYNTAX', place, `"${text}" should be "${words[0]}" alone`);
    case 'listen':
      if (words.length === 2) return 'listen';
      throw new CloudStackError('CLOUDSTACK_CONFIG_SYNTAX', place, `"${text}" should be "listen NAME"`);
    case 'frontend':
    case 'backend':
    case 'peers':
      throw new CloudStackError(
        'CLOUDSTACK_CONFIG_UNSUPPORTED',
        place,
        `a "${words[0]}" section (transparent load balancing) has no rule record; switch the network's transparent mode off`,
      );
    default:
      return undefined;
  }
}
