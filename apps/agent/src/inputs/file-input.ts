import type { Clock } from '@limpet/data-plane';
import type { Source } from '@limpet/operations';
import type { Input, InputSink } from './input.ts';
import { type FileListener, WatchedFile } from './watched-file.ts';

/**
 * A watched file is the input. What cannot be read as a whole changes nothing: CloudStack writes its databag in place, so
 * that half of it may be read on the way.
 *
 * @param parse reads the content. @throws an error that says what is wrong
 * @param rest of a kind of file of which half may be read as a whole one: waits a little, as a writer in place may need
 */
export function fileInput(
  {
    path,
    parse,
    rest,
  }: { path: string; parse: (text: string, source: string) => Source; rest?: () => Promise<unknown> },
  clock: Pick<Clock, 'after'>,
  sink: InputSink,
): Input {
  let problem: string | undefined = `${path} was not read yet`;
  const refuse = (error: unknown): void => {
    problem = error instanceof Error ? error.message : String(error);
    sink.refuse(error);
  };
  const listener: FileListener = {
    content(text) {
      try {
        const source = parse(text, path);
        problem = undefined;
        sink.apply(source).catch((error: unknown) => {
          refuse(error);
          file.retry();
        });
      } catch (error) {
        refuse(error);
      }
    },
    unreadable(error) {
      const said = `cannot read ${path}: ${error.message}`;
      if (problem !== said) refuse(new Error(said, { cause: error }));
    },
  };
  const file = new WatchedFile(path, clock, listener, rest);
  return {
    elsewhere: `the agent takes its rules from ${path}; change that file`,
    start: () => file.start(),
    problem: () => problem,
    close: () => file.close(),
  };
}
