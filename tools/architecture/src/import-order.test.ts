import { describe, expect, it } from 'vitest';
import { importOrderFindings } from './import-order.ts';
import type { Workspace } from './workspaces.ts';

const workspace = (folder: string, files: Record<string, string> = {}): Workspace => ({
  folder,
  manifest: { name: `@limpet/${folder.split('/')[1]}` },
  hasTsconfig: true,
  sources: Object.entries(files).map(([path, text]) => ({ path: `${folder}/src/${path}`, text })),
});

const others = ['packages/model', 'packages/lab', 'packages/router', 'apps/simulator', 'tools/codegen'];

/** Findings for one file of `folder`. */
const findings = (folder: string, text: string, file = 'a.ts') =>
  importOrderFindings([
    ...others.filter((other) => other !== folder).map((other) => workspace(other)),
    workspace(folder, { [file]: text }),
  ]);

describe('importOrderFindings', () => {
  it('names the place, what is imported and what is allowed', () => {
    expect(findings('packages/lab', "\nimport { a } from '@limpet/router';")).toEqual([
      'packages/lab/src/a.ts:2 imports @limpet/router; packages/lab may import packages/haproxy, packages/netfilter',
    ]);
  });

  it.each([
    ['packages/contract', "export type { A } from '@limpet/model';"],
    ['packages/router', "import { a } from './haproxy/a.ts'; import 'node:net';"],
    ['packages/model', "import { setup } from 'xstate';"],
    ['apps/cli', "import '@limpet/simulator'; import '@limpet/codegen'; import '@limpet/router/x';"],
  ])('lets %s do %s', (folder, text) => expect(findings(folder, text)).toEqual([]));

  it.each([
    ['packages/contract', "import { a } from '@limpet/model';", 'types of it only'],
    ['packages/router', "import '@limpet/lab';", 'packages/router may import packages/contract'],
    ['packages/router', "import '../../lab/src/a.ts';", 'must stay in its workspace'],
    ['packages/router', "import '@limpet/router';", 'by relative paths'],
    ['packages/model', "import 'node:fs';", 'packages/model is pure: of others, it may import xstate'],
    ['packages/model', "import 'zod';", 'packages/model is pure'],
    ['apps/agent', "import '@limpet/simulator';", 'apps/agent may import packages/*'],
    ['packages/haproxy', "const a = import('@limpet/lab');", 'nothing of ours'],
    ['packages/unheard', '', 'not in the table'],
  ])('does not let %s do %s', (folder, text, reason) =>
    expect(findings(folder, text)).toEqual([expect.stringContaining(reason)]),
  );

  it('lets tests import what tests may', () => {
    expect(findings('packages/router', "import '@limpet/lab';", 'a.real.test.ts')).toEqual([]);
    expect(findings('packages/model', "import 'vitest'; import 'node:fs';", 'a.test.ts')).toEqual([]);
    expect(findings('packages/model', "import '@limpet/lab';", 'a.test.ts')).toHaveLength(1);
  });
});
