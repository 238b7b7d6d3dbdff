import { createElement, Fragment } from 'react';
import type { Line } from '../../chart/tokens.ts';

/** Lines of text as the layout broke them. Neither lines nor tokens ever move, so they are given as arguments, without keys. */
export function TextLines({ lines }: { lines: readonly Line[] }) {
  return createElement(Fragment, null, ...lines.map(textLine));
}

function textLine(line: Line) {
  const tokens = line.map(({ text, style }, place) =>
    createElement('span', { className: `token ${style}` }, place > 0 ? ` ${text}` : text),
  );
  return createElement('span', { className: 'line' }, ...tokens);
}
