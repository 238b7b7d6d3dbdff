import type { Source } from '@limpet/operations';
import type { Applied } from '../router/driver.ts';

/** Where the desired state of a router comes from. Exactly one input writes it. */
export interface Input {
  /** Why rules cannot be changed over the API, with the remedy; undefined when this input is the API. */
  readonly elsewhere: string | undefined;
  /** Begins to read. The last good state is in force by now. */
  start(): void;
  /** Why what the input says is not what is desired; undefined when it is. */
  problem(): string | undefined;
  close(): void;
}

/** What an input does with what it has read. */
export interface InputSink {
  /** Makes this the desired state. Resolves when each rule is in force or refused. */
  apply(source: Source): Promise<Applied>;
  /** What was read is no desired state, or could not be applied; the last good one stays. */
  refuse(error: unknown): void;
}
