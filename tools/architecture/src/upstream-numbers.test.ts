import { expect, it } from 'vitest';
import { undefinedBugNumbers } from './upstream-numbers.ts';

const page = '# Bugs\n\n| number | bug |\n|---|---|\n| B1 | one |\n| B12 | twelve |\n\nMore about B3.\n';
const found = (text: string) => undefinedBugNumbers([{ path: 'a.ts', text }], page);

it.each([
  ['// B1, B12 (B1): both are defined', []],
  ['// B2', ['a.ts:1 B2']],
  ['a\nb // B1 to B26, `B3`; B3 again', ['a.ts:2 B26', 'a.ts:2 B3']],
  ['const AB3 = 0xB3; const B3x = 1; const text = "B2B-link, 1.B4, B100";', []],
])('undefinedBugNumbers of %j', (text, expected) => expect(found(text)).toEqual(expected));
