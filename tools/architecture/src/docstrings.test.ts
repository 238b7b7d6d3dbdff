import { expect, it } from 'vitest';
import { undocumentedExports } from './docstrings.ts';

const found = (text: string, path = 'packages/a/src/a.ts') =>
  undocumentedExports([{ path, text }]).map((each) => each.replace('packages/a/src/a.ts:', ''));

it.each([
  ['export function f() {}', ['1 f']],
  ['\nexport const a = 1, b = 2;', ['2 a', '2 b']],
  ['export const { a, b: [c] } = x;', ['1 a', '1 c']],
  ['export interface I {}\nexport type T = I;\nexport class C {}\nexport enum E {}', ['1 I', '2 T', '3 C', '4 E']],
  ['export async function* g() {}\nexport abstract class A {}', ['1 g', '2 A']],
  ['export default class {}', ['1 default']],
  ['export default { a: 1 };', ['1 default']],
  ['const a = 1;\nfunction b() {}\nexport { a, b as c };', ['1 a', '2 b']],
  ['const a = 1;\nexport default a;', ['1 a']],
  ['// not a docstring\nexport const a = 1;\n/* nor this */\nexport const b = 1;', ['2 a', '4 b']],
  ['/**\n * What the file is about.\n *\n * @module\n */\nexport const a = 1;', ['6 a']],
  ['export function f(a: string): void;\nexport function f(a: number): void;\nexport function f() {}', ['1 f']],
])('finds what has none: %j', (text, expected) => expect(found(text)).toEqual(expected));

it.each([
  '/** Says what. */\nexport const a = 1;',
  '/** The file. @module */\n\n/** Says what. */\nexport function f() {}',
  '/** Of both. */\nexport function f(a: string): void;\nexport function f(a: number): void;',
  '/** Of both. */\nexport const A = 1;\nexport type A = typeof A;',
  '/** Of a. */\nconst a = 1;\nexport { a };',
  "export { a } from './b.ts';\nexport * from './c.ts';",
  'const a = 1;\nfunction inner() {}\ndeclare global {}',
])('accepts %j', (text) => expect(found(text)).toEqual([]));

it('passes over tests, their support and generated files', () => {
  const text = 'export const a = 1;';
  for (const path of ['a/src/a.test.ts', 'a/testing/a.ts', 'a/src/a.generated.ts', 'a/src/a.d.ts'])
    expect(found(text, path)).toEqual([]);
  expect(found(text, 'tools/a/src/b.js')).toEqual(['tools/a/src/b.js:1 a']);
});
