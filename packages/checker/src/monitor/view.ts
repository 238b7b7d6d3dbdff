/** What a field of a heartbeat can hold. */
export type FieldValue = string | number | boolean | null;

/** What can be seen of a model's executions from outside. */
export interface View {
  /** The name under which a step is logged; `undefined` for a hidden step, such as a lost message or a crash. */
  eventOf(label: number): string | undefined;
  /** The fields of a heartbeat that are compared; others may stand in its line and are not looked at. */
  readonly heartbeatFields: readonly string[];
  /**
   * The fields of the heartbeat that would be written in the state at `states[at ..]`, in the order of
   * `heartbeatFields`; `undefined` where none can be written because something is still to be done.
   */
  heartbeatOf(states: Uint32Array, at: number): readonly FieldValue[] | undefined;
}

/** The event of a line that says: nothing is left to do, and this is what is in force. */
export const HEARTBEAT = 'heartbeat';

/** The event of a line that says: from here on it is another run, from the beginning. */
export const RESET = 'reset';

/** A line of a trace: an event of the model, a heartbeat with its fields, or the begin of another run. */
export interface TraceRecord {
  readonly event: string;
  readonly [field: string]: unknown;
}
