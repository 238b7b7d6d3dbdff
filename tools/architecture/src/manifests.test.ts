import { expect, it } from 'vitest';
import { lockFindings, manifestFindings, targetFindings } from './manifests.ts';

it('manifestFindings names what differs from the other workspaces', () => {
  const manifest = { name: '@limpet/b', private: true, license: 'Apache-2.0', type: 'module', scripts: {} };
  expect(manifestFindings({ folder: 'packages/a', manifest, hasTsconfig: false, sources: [] })).toEqual([
    'packages/a/package.json: "name" must be "@limpet/a"',
    'packages/a: has no tsconfig.json',
    'packages/a/package.json: the script "typecheck" must be "tsc -p tsconfig.json", or turbo passes it by',
  ]);
});

it('targetFindings names what exports, main and bin name and is not there', () => {
  const manifest = {
    main: 'src/main.ts',
    exports: { '.': './src/index.ts', './deep': { types: './src/gone.d.ts', default: './src/index.ts' } },
    bin: { a: 'bin/gone.js' },
  };
  const there = ['packages/a/src/main.ts', 'packages/a/src/index.ts'];
  expect(targetFindings({ folder: 'packages/a', manifest }, (path) => there.includes(path))).toEqual([
    'packages/a/package.json: "bin" names bin/gone.js, which is not there',
    'packages/a/package.json: "exports" names ./src/gone.d.ts, which is not there',
  ]);
});

it('lockFindings sees a package.json that was changed without npm install', () => {
  const manifests = [
    { folder: '', manifest: { name: 'limpet', devDependencies: { turbo: '2.0.0' } } },
    { folder: 'packages/a', manifest: { name: '@limpet/a', dependencies: {}, bin: { a: 'bin/a.js' } } },
    { folder: 'packages/b', manifest: { name: '@limpet/b' } },
  ];
  const upToDate = {
    '': { name: 'limpet', devDependencies: { turbo: '2.0.0' } },
    'packages/a': { name: '@limpet/a', bin: { a: 'bin/a.js' } },
    'packages/b': { name: '@limpet/b' },
  };
  expect(lockFindings(upToDate, manifests)).toEqual([]);
  const stale = { '': { name: 'limpet', devDependencies: { turbo: '1.0.0' } }, 'packages/a': { name: '@limpet/a' } };
  expect(lockFindings(stale, manifests)).toEqual([
    './package.json: package-lock.json has other devDependencies; run: npm install',
    'packages/a/package.json: package-lock.json has other bin; run: npm install',
    'packages/b/package.json: package-lock.json has other name; run: npm install',
  ]);
});
