/**
 * Sizes in pixels. The layout is made of estimates, so that it is the same in every browser and without one; the page draws
 * the text of transitions in a font with one width.
 *
 * @module
 */
import { type Line, lengthOf } from './tokens.ts';

/** Of a character at 11 px. */
const CHARACTER = 6.65;
/** Of a character of a state's name, at 13 px and bold. */
const NAME_CHARACTER = 8;
/** The height of a line. */
export const LINE_HEIGHT = 15;
/** The height of a state's name with what is around it. */
export const NAME_HEIGHT = 28;
/** Left and right of text. */
export const PADDING = 10;
/** Above and below the lines of one row. */
export const ROW_PADDING = 2;
/** Below the last row. */
export const BOX_PADDING = 8;

/** The size of a box around these lines. */
export function linesSize(lines: readonly Line[]): { width: number; height: number } {
  return {
    width: Math.ceil(Math.max(0, ...lines.map(lengthOf)) * CHARACTER),
    height: lines.length * LINE_HEIGHT,
  };
}

/** The width of a state's name. */
export const nameWidth = (name: string): number => Math.ceil(name.length * NAME_CHARACTER);
