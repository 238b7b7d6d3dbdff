import type { WriteStream } from 'node:tty';

/** One line on stderr that says what goes on. Silent unless a person is looking. */
export interface Progress {
  show(line: string): void;
  clear(): void;
}

export function createProgress(stream: WriteStream): Progress {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  const clear = (): void => {
    stream.clearLine(0);
    stream.cursorTo(0);
  };
  return {
    show(line) {
      clear();
      stream.write(line.slice(0, Math.max(1, stream.columns - 1)));
    },
    clear,
  };
}
