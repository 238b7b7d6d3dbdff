/** One line of a section. */
export interface Line {
  /** The line as it is written, without indentation and comment. */
  text: string;
  /** Its words with quotes and escapes undone. Environment variables (`"$NAME"`) are left as they are. */
  words: string[];
  /** Such a variable stands in it. */
  expands?: true;
}

/** The section keywords of HAProxy 2.6. */
export const sectionKinds = [
  'global',
  'defaults',
  'listen',
  'frontend',
  'backend',
  'peers',
  'resolvers',
  'mailers',
  'userlist',
  'cache',
  'ring',
  'program',
  'http-errors',
  'fcgi-app',
  'log-forward',
  'namespace_list',
] as const;

/** The first word of a section: one of `sectionKinds`. */
export type SectionKind = (typeof sectionKinds)[number];

/** A section in the order of the file. */
export interface Section {
  kind: SectionKind;
  name?: string;
  /** The named `defaults` section of `listen NAME from DEFAULTS`. */
  from?: string;
  lines: Line[];
}

/** A configuration file: what HAProxy reads from it, without comments and blank lines. */
export interface ConfigFile {
  sections: Section[];
}
