import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeDifference } from './difference.ts';
import { checkGenerated, updateFiles } from './generate.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe('generated files', () => {
  it('are fresh; if not, run: npx limpet generate', async () => {
    expect(await checkGenerated(ROOT)).toEqual([]);
  });

  it('are written only where they are stale', async () => {
    const root = await mkdtemp(join(tmpdir(), 'limpet-codegen-'));
    try {
      const files = [
        { path: 'a/one.ts', text: 'one\n' },
        { path: 'two.ts', text: 'two\n' },
      ];
      expect((await updateFiles(root, files)).map((file) => file.path)).toEqual(['a/one.ts', 'two.ts']);
      expect(await updateFiles(root, files)).toEqual([]);
      await writeFile(join(root, 'two.ts'), 'three\n');
      expect(await updateFiles(root, files)).toEqual([{ path: 'two.ts', difference: 'line 1:\n- three\n+ two' }]);
      expect(await readFile(join(root, 'two.ts'), 'utf8')).toBe('two\n');
    } finally {
      await rm(root, { recursive: true });
    }
  });
});

describe('describeDifference', () => {
  it('shows what differs, shortly', () => {
    expect(describeDifference('a\nb\nc\n', 'a\nb\nc\n')).toBe('');
    expect(describeDifference('a\nb\nc\n', 'a\nx\ny\nc\n')).toBe('line 2:\n- b\n+ x\n+ y');
    expect(describeDifference('', '1\n2\n3\n4\n5\n6\n7\n')).toBe(
      'line 1:\n+ 1\n+ 2\n+ 3\n+ 4\n+ 5\n+ ... 2 more lines',
    );
  });
});
