import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importCircles } from './circles.ts';
import { commitFindings } from './commits.ts';
import { declarationFindings, versionFindings } from './dependencies.ts';
import { undocumentedExports } from './docstrings.ts';
import { wideFolders } from './folders.ts';
import { commitsSince } from './git-log.ts';
import { importOrderFindings } from './import-order.ts';
import { layersTable } from './layers.ts';
import { lockFindings, manifestFindings, targetFindings } from './manifests.ts';
import { roomFindings } from './rooms.ts';
import { leftOutOf } from './syntax.ts';
import { undefinedBugNumbers } from './upstream-numbers.ts';
import { type Manifest, readManifest, readWorkspaces } from './workspaces.ts';

const root = join(import.meta.dirname, '../../..');
const workspaces = readWorkspaces(root);
const rootManifest = readManifest(root, '');
const sources = workspaces.flatMap((workspace) => workspace.sources);
const manifests = [{ folder: '', manifest: rootManifest }, ...workspaces];

/** The rule for commits is held from here on; the next release takes its place. */
const lastBeforeTheRule = '703d6e7';

describe('this repository', () => {
  it('has workspaces with sources', () => {
    expect(workspaces.length).toBeGreaterThan(10);
    expect(workspaces.filter(({ sources }) => sources.length === 0)).toEqual([]);
  });

  it('imports in the order of the table of layers', () => {
    expect(importOrderFindings(workspaces)).toEqual([]);
  });

  it('imports downwards in the houses that have floors', () => {
    expect(roomFindings(sources)).toEqual([]);
  });

  it('has no circles of files that import each other', () => {
    expect(importCircles(sources)).toEqual([]);
  });

  it('has no folder that is too wide to be read', () => {
    expect(wideFolders(sources)).toEqual([]);
  });

  it('shows that table in ARCHITECTURE.md', () => {
    expect(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')).toContain(layersTable());
  });

  it('declares what it imports, no more and no less', () => {
    expect(workspaces.flatMap((workspace) => declarationFindings(workspace, rootManifest))).toEqual([]);
  });

  it('pins every version, and has one of each', () => {
    expect(versionFindings(manifests)).toEqual([]);
  });

  it('has workspaces that are alike', () => {
    expect(workspaces.flatMap(manifestFindings)).toEqual([]);
  });

  it('has every file that a package.json names', () => {
    expect(manifests.flatMap((workspace) => targetFindings(workspace, (path) => existsSync(join(root, path))))).toEqual(
      [],
    );
  });

  it('is described by package-lock.json', () => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, Manifest>;
    };
    expect(lockFindings(lock.packages, manifests)).toEqual([]);
  });

  it('documents what it exports', () => {
    expect(undocumentedExports(sources)).toEqual([]);
  });

  it('defines every number of the catalogue of bugs that it uses', () => {
    const exclude = ['**/node_modules/**', '.*/**'];
    const pages = globSync('**/*.md', { cwd: root, exclude }).map((path) => ({
      path,
      text: readFileSync(join(root, path), 'utf8'),
    }));
    const definitions = readFileSync(join(root, 'docs/invariants.md'), 'utf8');
    const inTests = 'tools/architecture/src/upstream-numbers.test.ts'; // made-up numbers
    expect(undefinedBugNumbers([...sources.filter(({ path }) => path !== inTests), ...pages], definitions)).toEqual([]);
  });

  it('keeps the rule of CONTRIBUTING for commits', () => {
    expect(commitFindings(commitsSince(root, lastBeforeTheRule))).toEqual([]);
  });

  it('leaves no test out', () => {
    const leftOut = sources.flatMap(({ path, text }) =>
      leftOutOf(path, text).map(({ call, line }) => `${path}:${line} ${call}: every test runs`),
    );
    expect(leftOut).toEqual([]);
  });
});
