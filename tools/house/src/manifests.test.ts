import { expect, it } from 'vitest';
import { lockFindings, manifestFindings } from './manifests.ts';

it('manifestFindings names what differs from the other workspaces', () => {
  const manifest = { name: '@limpet/b', private: true, license: 'Apache-2.0', type: 'module', scripts: {} };
  expect(manifestFindings({ folder: 'packages/a', manifest, hasTsconfig: false, sources: [] })).toEqual([
    'packages/a/package.json: "name" must be "@limpet/a"',
    'packages/a: has no tsconfig.json',
    'packages/a/package.json: the script "typecheck" must be "tsc -p tsconfig.json", or turbo passes it by',
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
