/** Work on a range of states, cut into chunks. */
export interface Task {
  readonly chunk: number;
  run(from: number, to: number): void;
  /** After the last chunk that this thread takes in a round. */
  finish(): void;
}
