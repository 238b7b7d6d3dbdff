import { describe, expect, it } from 'vitest';
import { importsOf, leftOutOf } from './syntax.ts';

const imports = (text: string) =>
  importsOf('a.ts', text).map(({ specifier, line, typeOnly }) => `${line} ${specifier}${typeOnly ? ' (type)' : ''}`);

describe('importsOf', () => {
  it.each([
    ["import 'a';", ['1 a']],
    ["import a, { b } from 'a';", ['1 a']],
    ["import type { A } from 'a';", ['1 a (type)']],
    ["\n\nexport * from 'a';\nexport type { B } from 'b';", ['3 a', '4 b (type)']],
    ["const a = await import('a'); const b = import(`b`);", ['1 a', '1 b']],
    ["type A = import('a').A;", ['1 a (type)']],
  ])('reads %j', (text, expected) => expect(imports(text)).toEqual(expected));

  it.each([
    "// import 'a'",
    "const text = `import a from 'a'`;",
    'const text = `${1} export * from "a"`;',
    "object.import('a');",
    'const file = import.meta.url; const other = import(file);',
    'export const a = 1; export { a as b };',
  ])('is not misled by %j', (text) => expect(imports(text)).toEqual([]));
});

describe('leftOutOf', () => {
  it('sees what leaves tests out, also through other modifiers', () => {
    const text = "it.only('a');\ndescribe.skip('b');\ntest.concurrent.skipIf(true)('c');\nit.each([1]).only('d');";
    expect(leftOutOf('a.test.ts', text)).toEqual([
      { call: 'it.only', line: 1 },
      { call: 'describe.skip', line: 2 },
      { call: 'test.concurrent.skipIf', line: 3 },
    ]);
  });

  it('leaves other things alone', () => {
    expect(leftOutOf('a.ts', "list.skip(1); it('only'); const text = 'it.only';")).toEqual([]);
  });
});
