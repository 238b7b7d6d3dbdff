import { expect, it } from 'vitest';
import { roomFindings } from './rooms.ts';

const houses = [{ folder: 'a/src', floors: [['top'], ['left', 'right'], ['ground']] }];
const findings = (path: string, text: string) => roomFindings([{ path, text }], houses);

it.each([
  ['a/src/top/a.ts', "import '../ground/b.ts'; import './c.ts'; import '../index.ts'; import 'node:fs';"],
  ['a/src/index.ts', "import './ground/b.ts'; import './top/a.ts';"],
  ['a/src/ground/b.test.ts', "import '../top/a.ts';"],
  ['b/src/ground/b.ts', "import '../top/a.ts';"],
])('lets %s import what is below', (path, text) => expect(findings(path, text)).toEqual([]));

it.each([
  ['a/src/ground/b.ts', "import type { A } from '../top/a.ts';", 'top does not stand below ground'],
  ['a/src/left/b.ts', "\nimport '../right/a.ts';", 'a/src/left/b.ts:2 imports a/src/right/a.ts'],
  ['a/src/top/b.ts', "import '../cellar/a.ts';", 'cellar does not stand below top'],
  ['a/src/attic/b.ts', '', 'the room attic stands on no floor'],
])('does not let %s do %j', (path, text, reason) =>
  expect(findings(path, text)).toEqual([expect.stringContaining(reason)]),
);
