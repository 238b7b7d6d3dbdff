import type { ArrowLabel, Drawing } from './drawing.ts';
import type { Box, Layout, Point } from './layout.ts';
import { arrowHead, linePath } from './line-path.ts';
import { LINE_HEIGHT, NAME_HEIGHT, PADDING, ROW_PADDING } from './metrics.ts';
import type { Row } from './state-box.ts';
import type { Token } from './tokens.ts';

/** Colours as CSS writes them: of the paper, boxes, lines and texts, of each kind of text, and of what is active. */
export type Palette = Readonly<
  Record<'paper' | 'box' | 'line' | 'text' | 'accent' | 'accentSoft' | Token['style'], string>
>;

/** What is lit in an exported chart. */
export interface Lit {
  states: ReadonlySet<string>;
  transitions: ReadonlySet<string>;
}

/** A chart as a file of SVG that needs nothing else: no fonts, no styles, no scripts. */
export function chartSvg(drawing: Drawing, layout: Layout, palette: Palette, lit: Lit): string {
  const margin = 16;
  const [width, height] = [Math.ceil(layout.width + 2 * margin), Math.ceil(layout.height + 2 * margin)];
  const states = [...layout.states].map(([id, box]) => stateSvg(drawing, id, box, palette, lit));
  const initials = [...layout.initials.values()].map((points) => initialSvg(points, palette));
  const lines = drawing.labels.map((label) => lineSvg(label, layout.arrows.get(label.arrow.id)!.points, palette, lit));
  const labels = drawing.labels.map((label) => {
    const { label: box } = layout.arrows.get(label.arrow.id)!;
    const paper = `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="${palette.paper}" fill-opacity="0.92"/>`;
    return paper + rowsSvg(label.rows, box.x + PADDING / 2, box.y, palette, lit);
  });
  const { key } = drawing.hierarchy.root;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-margin} ${-margin} ${width} ${height}" role="img" aria-label="${escapeXml(`statechart ${key}`)}">`,
    `<rect x="${-margin}" y="${-margin}" width="${width}" height="${height}" fill="${palette.paper}"/>`,
    '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="11">',
    ...states,
    ...initials,
    ...lines,
    ...labels,
    '</g></svg>',
  ].join('\n');
}

function stateSvg({ hierarchy, boxes }: Drawing, id: string, box: Box, palette: Palette, lit: Lit): string {
  const { type, parent } = hierarchy.state(id);
  const { name, rows } = boxes.get(id)!;
  const active = lit.states.has(id);
  const inner = hierarchy.children(id).length > 0;
  const fill = active && !inner ? palette.accentSoft : inner ? palette.paper : palette.box;
  const rect = (inset: number, more: string): string =>
    `<rect x="${box.x + inset}" y="${box.y + inset}" width="${box.width - 2 * inset}" height="${box.height - 2 * inset}" rx="${8 - inset}" stroke="${active ? palette.accent : palette.line}" stroke-width="${active ? 2 : 1}" ${more}/>`;
  const region = hierarchy.root.id !== id && hierarchy.state(parent!).type === 'parallel';
  return [
    `<g data-state="${escapeXml(id)}">`,
    rect(0, `fill="${fill}"${region ? ' stroke-dasharray="5 4"' : ''}`),
    ...(type === 'final' ? [rect(3, 'fill="none"')] : []),
    `<text x="${box.x + PADDING}" y="${box.y + 19}" font-family="system-ui, sans-serif" font-size="13" font-weight="600" fill="${palette.text}">${escapeXml(name)}</text>`,
    rowsSvg(rows, box.x + PADDING, box.y + NAME_HEIGHT, palette, lit),
    '</g>',
  ].join('');
}

function rowsSvg(rows: readonly Row[], x: number, top: number, palette: Palette, lit: Lit): string {
  let y = top;
  return rows
    .map(({ lines, transition }) => {
      y += ROW_PADDING;
      const weight = transition !== undefined && lit.transitions.has(transition) ? ' font-weight="700"' : '';
      const texts = lines.map((line) => {
        y += LINE_HEIGHT;
        const spans = line.map(({ text, style }) => `<tspan fill="${palette[style]}">${escapeXml(text)}</tspan>`);
        return `<text x="${x}" y="${y - 4}" xml:space="preserve"${weight}>${spans.join(' ')}</text>`;
      });
      y += ROW_PADDING;
      const about = transition === undefined ? '' : ` data-transition="${escapeXml(transition)}"`;
      return `<g${about}>${texts.join('')}</g>`;
    })
    .join('');
}

function lineSvg({ arrow }: ArrowLabel, points: readonly Point[], palette: Palette, lit: Lit): string {
  const taken = arrow.transitions.some(({ id }) => lit.transitions.has(id));
  const colour = taken ? palette.accent : palette.muted;
  return `<path d="${linePath(points)}" fill="none" stroke="${colour}" stroke-width="${taken ? 2 : 1.2}"/><path d="${arrowHead(points)}" fill="${colour}"/>`;
}

function initialSvg(points: readonly Point[], { muted }: Palette): string {
  const { x, y } = points[0]!;
  return `<circle cx="${x}" cy="${y}" r="4" fill="${muted}"/><path d="${linePath(points)}" fill="none" stroke="${muted}"/><path d="${arrowHead(points, 6)}" fill="${muted}"/>`;
}

/** Text for XML: names come from any machine, and must not become markup. XML has no other control characters. */
export function escapeXml(text: string): string {
  const escaped: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
  return text.replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, '\ufffd').replace(/[&<>"']/g, (each) => escaped[each]!);
}
