import type { ConfigFile, Section } from './file.ts';

/** The file's text, one blank line between sections. */
export function renderConfig(file: ConfigFile): string {
  return file.sections.map(renderSection).join('\n');
}

function renderSection(section: Section): string {
  const header = [section.kind, section.name, ...(section.from === undefined ? [] : ['from', section.from])];
  const lines = section.lines.map((line) => `  ${line.text}\n`);
  return `${header.filter((word) => word !== undefined).join(' ')}\n${lines.join('')}`;
}
