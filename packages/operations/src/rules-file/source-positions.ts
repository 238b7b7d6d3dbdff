import { type Document, isMap, isNode, isScalar, type LineCounter } from 'yaml';

/** A path into a value: keys and indices from the top. */
export type Path = readonly PropertyKey[];

/** A position in a text; line and column count from 1. */
export interface SourcePosition {
  line: number;
  column: number;
}

/** The position of the value at `path`, or of its key; when it is not in the text, that of the nearest part of the path. */
export function sourcePositionOf(
  document: Document,
  lines: LineCounter,
  path: Path,
  of: 'key' | 'value',
): SourcePosition {
  for (let length = path.length; length > 0; length--) {
    const node =
      (of === 'key' && keyAt(document, path.slice(0, length))) || document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return position(lines, node.range[0]);
  }
  return position(lines, document.contents?.range?.[0] ?? 0);
}

function keyAt(document: Document, path: Path): unknown {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  return parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))?.key;
}

const position = (lines: LineCounter, offset: number): SourcePosition => {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
};
