/** The text of a rule's `listen` section in a configuration; undefined when there is none. */
export function sectionOf(text: string | undefined, proxy: string): string | undefined {
  const lines = text?.split('\n') ?? [];
  const first = lines.findIndex((line) => line.trim() === `listen ${proxy}`);
  if (first < 0) return undefined;
  const end = lines.findIndex((line, at) => at > first && /^\S/.test(line));
  return lines
    .slice(first, end < 0 ? lines.length : end)
    .join('\n')
    .trim();
}
