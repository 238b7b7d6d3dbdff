import { describe, expect, it } from 'vitest';
import { importCircles } from './circles.ts';

const circles = (files: Record<string, string>) =>
  importCircles(Object.entries(files).map(([path, text]) => ({ path: `packages/a/src/${path}`, text }))).map((files) =>
    files.map((path) => path.replace('packages/a/src/', '')),
  );

describe('importCircles', () => {
  it('accepts files that import one another without a circle', () => {
    const files = { 'a.ts': "import './b.ts'; import './c.ts';", 'b.ts': "export * from './c.ts';", 'c.ts': '' };
    expect(circles(files)).toEqual([]);
  });

  it('finds a circle of type-only imports, through folders', () => {
    const files = {
      'a.ts': "import type { B } from './x/b.ts';",
      'x/b.ts': "export type { A } from '../a.ts';",
      'c.ts': "import './a.ts';",
    };
    expect(circles(files)).toEqual([['a.ts', 'x/b.ts']]);
  });

  it('names each circle once, with all of its files', () => {
    const files = {
      'e.ts': "import './d.ts';",
      'd.ts': "import './e.ts'; import './a.ts';",
      'c.ts': "import './a.ts'; import './b.ts';",
      'b.ts': "import './c.ts';",
      'a.ts': "import './b.ts';",
    };
    expect(circles(files)).toEqual([
      ['a.ts', 'b.ts', 'c.ts'],
      ['d.ts', 'e.ts'],
    ]);
  });

  it('finds a file that imports itself', () => {
    expect(circles({ 'a.ts': "import './a.ts';" })).toEqual([['a.ts']]);
  });

  it('leaves tests alone', () => {
    const files = { 'a.ts': "import './a.test.ts';", 'a.test.ts': "import './a.ts';" };
    expect(circles(files)).toEqual([]);
  });
});
