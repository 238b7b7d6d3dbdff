import { HaproxyError } from '../errors.ts';
import type { ConfigFile, Line, Section, SectionKind } from './file.ts';
import { sectionKinds } from './file.ts';
import { tokenizeLine } from './tokenize.ts';

/** What HAProxy takes as the name of a section (`invalid_char` in src/tools.c). */
const nameShape = /^[A-Za-z0-9_.:-]+$/;

/**
 * Reads a configuration file.
 *
 * @throws HaproxyError `HAPROXY_CONFIG_SYNTAX` with the number of the line.
 */
export function parseConfig(text: string): ConfigFile {
  const sections: Section[] = [];
  for (const [index, source] of text.split('\n').entries()) {
    const line = tokenizeLine(source, index + 1);
    if (!line) continue;
    const kind = line.words[0] as SectionKind;
    if (sectionKinds.includes(kind)) {
      sections.push(readHeader(kind, line, index + 1));
      continue;
    }
    const section = sections.at(-1);
    if (!section) {
      throw new HaproxyError(
        'HAPROXY_CONFIG_SYNTAX',
        `line ${index + 1}: "${line.words[0]}" stands before any section; begin with one of ${sectionKinds.join(', ')}`,
      );
    }
    section.lines.push(line);
  }
  return { sections };
}

function readHeader(kind: SectionKind, line: Line, number: number): Section {
  const [name, ...rest] = line.words.slice(1);
  const section: Section = { kind, lines: [] };
  for (const word of [name, ...rest]) {
    if (word !== undefined && !nameShape.test(word)) {
      throw new HaproxyError(
        'HAPROXY_CONFIG_SYNTAX',
        `line ${number}: ${JSON.stringify(word)} is no name of a section: use letters, digits and _ . : -`,
      );
    }
  }
  if (name !== undefined) section.name = name;
  if (rest.length === 2 && rest[0] === 'from') {
    section.from = rest[1]!;
  } else if (rest.length > 0) {
    throw new HaproxyError(
      'HAPROXY_CONFIG_SYNTAX',
      `line ${number}: "${line.text}" has words after the section's name; only "from DEFAULTS" may follow`,
    );
  }
  return section;
}
