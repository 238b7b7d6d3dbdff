import { createHash } from 'node:crypto';
import type { InspectionDocument, PageFile } from '@limpet/inspection';
import { expect, it } from 'vitest';
import { exportPage } from './export-page.ts';

const file = (type: string, text: string): PageFile => ({ type, content: Buffer.from(text) });
const files = new Map([
  ['/', file('text/html', '<p>')],
  ['/assets/still.js', file('text/javascript', 'const a = "</script><!--";')],
  ['/assets/index-abc.js', file('text/javascript', 'import "./other.js";')],
  ['/assets/elk-worker.min-abc.js', file('text/javascript', 'const worker = "</script>";')],
  ['/assets/style-abc.css', file('text/css', 'p { color: red; }')],
]);
const document: InspectionDocument = {
  format: 'limpet-inspection',
  version: 1,
  title: '</script><script>alert(1)</script>',
  notes: ['<!-- & "quoted"'],
  machines: [],
  messages: [],
};
const page = exportPage(files, document);

it('carries the recording, whatever names are in it', () => {
  const [, json = ''] = /<script type="application\/json" id="inspection">(.*?)<\/script>/s.exec(page) ?? [];
  expect(JSON.parse(json)).toEqual(document);
});

it('has no script but its own', () => {
  expect(page.match(/<script/g)).toHaveLength(3);
  expect(page).not.toContain('<script>alert');
  expect(page).not.toMatch(/(src|href)="(?!data:,)/);
});

it('names script and style by their hashes', () => {
  const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const [, script = ''] = /<script type="module">(.*?)<\/script>/s.exec(page) ?? [];
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
  expect(script).toBe('const a = "<\\/script><\\!--";');
  expect(page).toContain(`script-src ${hashOf(script)} blob:;`);
  expect(page).toContain(`style-src ${hashOf(style)};`);
});
