import { chartSvg, type Lit, type Palette } from '../../chart/chart-svg.ts';
import type { Chart } from './layout-cache.ts';

const NAMES: readonly (keyof Palette)[] = [
  'paper',
  'box',
  'line',
  'text',
  'accent',
  'accentSoft',
  'event',
  'always',
  'guard',
  'action',
  'command',
  'muted',
];

/** The colours of the page as they are now, light or dark. */
function paletteOfPage(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) =>
    style.getPropertyValue(`--${name.replace(/[A-Z]/g, (each) => `-${each.toLowerCase()}`)}`);
  return Object.fromEntries(NAMES.map((name) => [name, colour(name).trim()])) as Palette;
}

/** Saves a chart as an SVG file. */
export function saveSvg({ machine, drawing, layout }: Chart, lit: Lit): void {
  const svg = chartSvg(drawing, layout, paletteOfPage(), lit);
  save(new Blob([svg], { type: 'image/svg+xml' }), `${fileName(machine.id)}.svg`);
}

/** Saves a chart as a PNG file, two pixels for each of the chart's. @throws Error when the browser cannot draw it */
export async function savePng({ machine, drawing, layout }: Chart, lit: Lit): Promise<void> {
  const svg = chartSvg(drawing, layout, paletteOfPage(), lit);
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    // Browsers refuse canvases with sides beyond some 16,000 pixels.
    const scale = Math.min(2, 16_000 / Math.max(image.width, image.height));
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error('the chart is too large for a PNG; save it as SVG');
    save(blob, `${fileName(machine.id)}.png`);
  } finally {
    URL.revokeObjectURL(address);
  }
}

const fileName = (id: string): string => id.replace(/[^\w.-]+/g, '-') || 'machine';

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has begun by then, in every browser.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
