/** A point, in pixels from the top left of the chart. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle, in pixels from the top left of the chart. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Where everything of a drawing is. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** By state. */
  readonly states: ReadonlyMap<string, Box>;
  /** By arrow: its bends, from end to end, and the place of what is written on it. */
  readonly arrows: ReadonlyMap<string, { readonly points: readonly Point[]; readonly label: Box }>;
  /** By compound state: from the dot to its initial state. */
  readonly initials: ReadonlyMap<string, readonly Point[]>;
}

/** Which way a chart grows. */
export type Direction = 'RIGHT' | 'DOWN';
