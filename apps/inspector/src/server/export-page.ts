import { createHash } from 'node:crypto';
import type { InspectionDocument, PageFile } from '@limpet/inspection';
import { STILL_SCRIPT } from './page-files.ts';

/**
 * The page and a recording as one file, which opens from disk, without a server and without a network. Nothing but its own
 * script can run in it: the Content-Security-Policy names the script by its hash.
 *
 * @param files - those of `readPageFiles`
 */
export function exportPage(files: ReadonlyMap<string, PageFile>, document: InspectionDocument): string {
  const script = escapeScript(fileNamed(files, new RegExp(`^/${STILL_SCRIPT}$`)));
  const worker = escapeScript(fileNamed(files, /^\/assets\/elk-worker.*\.js$/));
  const style = fileNamed(files, /^\/assets\/.*\.css$/).replaceAll('</style', '<\\/style');
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)} blob:`,
    // React Flow and React set the styles of elements by script, which a policy does not touch.
    `style-src ${hashOf(style)}`,
    'img-src data: blob:',
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<title>Limpet</title>',
    '<link rel="icon" href="data:,">',
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<div id="root"></div>',
    `<script type="application/json" id="inspection">${escapeJson(document)}</script>`,
    `<script type="text/plain" id="layout-worker">${worker}</script>`,
    `<script type="module">${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function fileNamed(files: ReadonlyMap<string, PageFile>, pattern: RegExp): string {
  const names = [...files.keys()].filter((name) => pattern.test(name));
  if (names.length !== 1)
    throw new RangeError(`one file ${pattern} was expected in the built page, not ${names.length}`);
  return files.get(names[0]!)!.content.toString('utf8');
}

/** JSON that ends no script element, whatever names are in it. */
function escapeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/** In JavaScript, both stand in strings and patterns only, where the backslash changes nothing. */
function escapeScript(source: string): string {
  return source.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
