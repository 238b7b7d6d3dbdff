import type { WriteStream } from 'node:tty';

/** What goes on, on stderr: one line that changes for a person who looks; for a log a line every few seconds. */
export interface Progress {
  show(line: string): void;
  /** A line that a log has in any case: what follows may take long, and says nothing. */
  announce(line: string): void;
  clear(): void;
}

/** Milliseconds between two lines in a log, and before the first: what is quick says nothing. */
const EVERY_MS = 5000;

/** @param now milliseconds, of any beginning */
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
