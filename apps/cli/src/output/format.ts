/** A table as text: each column as wide as its widest cell, numbers aligned to the right, a line below the head. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const numeric = head.map((_, column) => rows.every((row) => /^[-\d]/.test(String(row[column]))));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => (numeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return `${lines.join('\n')}\n`;
}

/** A value as indented JSON with a line end; keys are in the order of their insertion. */
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
