import { describeMachine } from '@limpet/inspection';
import { groupMachine } from '@limpet/model';
import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { chartSvg, escapeXml, type Palette } from './chart-svg.ts';
import { drawingOf } from './drawing.ts';
import { gridLayout } from './grid-layout.ts';
import { arrowHead, linePath } from './line-path.ts';

const palette = new Proxy({} as Palette, { get: (_, name) => `colour-${String(name)}` });
const nothing = { states: new Set<string>(), transitions: new Set<string>() };

describe('a chart as SVG', () => {
  it('has every transition', () => {
    const machine = describeMachine(groupMachine);
    const drawing = drawingOf(machine);
    const svg = chartSvg(drawing, gridLayout(drawing), palette, nothing);
    const found = new Set(Array.from(svg.matchAll(/data-transition="([^"]+)"/g), ([, id]) => id));
    expect([...found].sort()).toEqual(machine.transitions.map(({ id }) => id).sort());
  });

  it('lights what is active', () => {
    const drawing = drawingOf(describeMachine(groupMachine));
    const layout = gridLayout(drawing);
    const dark = chartSvg(drawing, layout, palette, nothing);
    const lit = chartSvg(drawing, layout, palette, {
      states: new Set(['group.enabled']),
      transitions: new Set(['group.new#configured#0']),
    });
    expect(dark).not.toContain('colour-accent');
    expect(lit).toContain('colour-accentSoft');
    expect(lit).toContain('stroke="colour-accent" stroke-width="2"/>');
  });

  it('has no markup from names', () => {
    const machine = createMachine({
      id: '<img src=x onerror=alert(1)>',
      initial: '"><script>alert(1)</script>',
      states: { '"><script>alert(1)</script>': { description: "<b>&'\u0000" } },
    });
    const drawing = drawingOf(describeMachine(machine));
    const svg = chartSvg(drawing, gridLayout(drawing), palette, nothing);
    expect(svg).not.toMatch(/<(script|img|b)\b/);
    expect(svg).not.toContain('\u0000');
  });

  it('escapes what XML reads', () => expect(escapeXml(`<&>"'\u0007é`)).toBe('&lt;&amp;&gt;&quot;&apos;\ufffdé'));
});

describe('a line', () => {
  it('has round corners that are no longer than its pieces', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
      { x: 10, y: 100 },
    ];
    expect(linePath(points)).toBe('M0 0L5 0Q10 0 10 7L10 100');
    expect(linePath([])).toBe('');
  });

  it('ends in a head that points along its last piece', () => {
    expect(
      arrowHead(
        [
          { x: 0, y: 0 },
          { x: 10, y: 0 },
        ],
        10,
      ),
    ).toMatch(/^M10 0L1 -?4\.3L1 -?4\.3Z$/);
  });
});
