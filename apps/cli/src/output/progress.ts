import type { WriteStream } from 'node:tty';

/** Progress on stderr: on a terminal one line that is overwritten, in a log one line every few seconds. */
export interface Progress {
  /** Shows the line; a log has it only when the last line is old enough. */
  show(line: string): void;
  /** Shows the line, in a log in any case: what follows may take long without a word. */
  announce(line: string): void;
  /** Removes the line from the terminal. */
  clear(): void;
}

/** Milliseconds between two lines in a log, and before the first: a quick command logs nothing. */
const EVERY_MS = 5000;

/**
 * Makes the progress of one command.
 *
 * @param now a clock in milliseconds, from any origin
 */
export function createProgress(stream: WriteStream, now: () => number = () => performance.now()): Progress {
  if (!stream.isTTY) return createLog(stream, now);
  const clear = (): void => {
    stream.clearLine(0);
    stream.cursorTo(0);
  };
  const show = (line: string): void => {
    clear();
    stream.write(line.slice(0, Math.max(1, stream.columns - 1)));
  };
  return { show, announce: show, clear };
}

function createLog(stream: WriteStream, now: () => number): Progress {
  let next = now() + EVERY_MS;
  const announce = (line: string): void => {
    next = now() + EVERY_MS;
    stream.write(`${line}\n`);
  };
  return {
    show(line) {
      if (now() >= next) announce(line);
    },
    announce,
    clear: () => {},
  };
}
