import { expect, it } from 'vitest';
import { wideFolders } from './folders.ts';

const folder = (path: string, count: number, end = '.ts') =>
  Array.from({ length: count }, (_, index) => ({ path: `${path}/${index}${end}`, text: '' }));

it('wideFolders names folders with too many product files of their own', () => {
  const sources = [
    ...folder('packages/b/src', 26),
    ...folder('packages/a/src', 25),
    ...folder('packages/a/src/c', 25),
    ...folder('packages/a/src', 9, '.test.ts'),
    ...folder('packages/a/src', 9, '.generated.ts'),
    ...folder('packages/a/testing', 30),
  ];
  expect(wideFolders(sources)).toEqual(['packages/b/src: 26 files']);
  expect(wideFolders(sources, 24)).toEqual([
    'packages/a/src/c: 25 files',
    'packages/a/src: 25 files',
    'packages/b/src: 26 files',
  ]);
});
