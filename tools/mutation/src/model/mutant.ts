/** A piece of a source text, by offsets, and what stands there instead. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One change of one file of the model, such as a tired engineer might make. */
export interface Mutant {
  /** Stays the same as long as what it changes is there: `rule.machine.ts:add.update:drop-action:putRule`. */
  readonly id: string;
  /** From the root of the repository. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly edits: readonly Edit[];
  /** Only names of a statechart are exchanged for others of the same kind: the compiler has nothing to say. */
  readonly compiles: boolean;
}

/** What an operator proposes; the enumeration gives it its id. */
export interface Change {
  /** Where, in words of the model: `add.update`, `canGrow`. */
  readonly at: string;
  /** The operator and its argument: `drop-action:putRule`. */
  readonly what: string;
  readonly edits: readonly Edit[];
  readonly compiles?: boolean;
}

/** The text with all edits made; they do not overlap. */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((text, { start, end, text: put }) => text.slice(0, start) + put + text.slice(end), source);
}
