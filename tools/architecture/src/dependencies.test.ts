import { describe, expect, it } from 'vitest';
import { declarationFindings, versionFindings } from './dependencies.ts';
import type { Manifest, Workspace } from './workspaces.ts';

const root: Manifest = { devDependencies: { vitest: '5.1.1' } };

const workspace = (manifest: Manifest, files: Record<string, string>): Workspace => ({
  folder: 'packages/a',
  manifest: { name: '@limpet/a', ...manifest },
  hasTsconfig: true,
  sources: Object.entries(files).map(([path, text]) => ({ path: `packages/a/src/${path}`, text })),
});

describe('declarationFindings', () => {
  it('accepts what is declared and used, and test libraries of the root in tests', () => {
    const a = workspace(
      { dependencies: { zod: '4.6.7' }, devDependencies: { yaml: '2.9.1' } },
      {
        'a.ts': "import 'zod/v4'; import 'node:fs'; import './b.ts';",
        'a.test.ts': "import 'vitest'; import 'yaml'; import 'zod';",
      },
    );
    expect(declarationFindings(a, root)).toEqual([]);
  });

  it('finds the missing and the unused, in product and tests', () => {
    const a = workspace(
      { dependencies: { zod: '4.6.7' }, devDependencies: { yaml: '2.9.1' } },
      { 'a.ts': "import 'xstate'; import 'vitest';", 'a.test.ts': "import 'commander';" },
    );
    expect(declarationFindings(a, root)).toEqual([
      'packages/a: imports vitest; add it to dependencies',
      'packages/a: imports xstate; add it to dependencies',
      'packages/a: does not import zod; take it out of dependencies',
      'packages/a: tests import commander; add it to devDependencies',
      'packages/a: tests do not import yaml; take it out of devDependencies',
    ]);
  });
});

describe('versionFindings', () => {
  const of = (folder: string, dependencies: Record<string, string>) => ({ folder, manifest: { dependencies } });

  it('accepts exact versions, and * for our own', () => {
    expect(versionFindings([of('a', { zod: '4.6.7', '@limpet/model': '*' }), of('b', { zod: '4.6.7' })])).toEqual([]);
  });

  it.each(['^4.6.7', '~4.6.7', '4', 'latest', '*', '>=4.6.7'])('refuses zod %s', (version) => {
    expect(versionFindings([of('a', { zod: version })])).toEqual([`a: pin zod to one version, not "${version}"`]);
  });

  it('refuses two versions of one package', () => {
    const two = [of('', { zod: '4.6.7' }), of('b', { zod: '4.6.8' })];
    expect(versionFindings(two)).toEqual(['b: zod 4.6.8, but the root has 4.6.7; take one']);
  });
});
