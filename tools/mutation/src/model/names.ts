/** The names that follow this one in a family, around its end: what it is mistaken for. None when it is not of the family. */
export function following(family: readonly string[], name: string, count: number): string[] {
  const at = family.indexOf(name);
  if (at < 0) return [];
  return [...family.slice(at + 1), ...family.slice(0, at)].slice(0, count);
}
