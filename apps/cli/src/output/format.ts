import { writeSync } from 'node:fs';
import { exitCodes } from '../exit-codes.ts';

/** Columns of text: every cell as wide as the widest of its column; numbers to the right. */
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

/** One JSON object, keys in the order in which they were made. */
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Who reads through `head` has what it wanted when it closes the pipe: that is no error, and there is nobody left to tell.
 * Any other trouble, such as a full disk, is one line on stderr and exit code 1.
 */
export function endWithTheReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.done);
    try {
      writeSync(process.stderr.fd, `limpet: OUTPUT: the result cannot be written (${error.message}); it is lost\n`);
    } finally {
      process.exit(exitCodes.error);
    }
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.error);
  });
}
