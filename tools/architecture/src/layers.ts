/** What one workspace, or each of several, may import. Workspaces are named by folder; `apps/*` is every app. */
export interface Layer {
  who: string;
  /** Workspaces of ours. */
  ours: readonly string[];
  /** Those of ours of which only types may be imported. */
  typesOnly?: readonly string[];
  /** The only packages of others, where purity is the point; Node's own modules are then out, too. */
  theirs?: readonly string[];
  /** Workspaces of ours that its tests may import as well. */
  inTests?: readonly string[];
}

/** Who may import whom; the first layer that names a workspace counts. ARCHITECTURE.md shows this table. */
export const layers: readonly Layer[] = [
  { who: 'packages/model', ours: [], theirs: ['xstate'] },
  { who: 'packages/contract', ours: ['packages/model'], typesOnly: ['packages/model'], theirs: ['zod'] },
  { who: 'packages/inspection', ours: [], theirs: ['xstate', 'zod'], inTests: ['packages/model'] },
  { who: 'packages/checker', ours: [] },
  { who: 'packages/haproxy', ours: [] },
  { who: 'packages/netfilter', ours: [] },
  {
    who: 'packages/state-space',
    ours: ['packages/model', 'packages/checker'],
    typesOnly: ['packages/checker'],
    theirs: [],
  },
  { who: 'packages/data-plane', ours: ['packages/haproxy', 'packages/netfilter'], inTests: ['packages/lab'] },
  { who: 'packages/cloudstack', ours: ['packages/contract'] },
  {
    who: 'packages/router',
    ours: ['packages/contract', 'packages/data-plane', 'packages/haproxy', 'packages/netfilter', 'packages/cloudstack'],
    inTests: ['packages/lab'],
  },
  { who: 'packages/lab', ours: ['packages/haproxy', 'packages/netfilter'] },
  {
    who: 'packages/conformance',
    ours: [
      'packages/model',
      'packages/state-space',
      'packages/contract',
      'packages/checker',
      'packages/data-plane',
      'packages/router',
      'packages/lab',
      'packages/haproxy',
      'packages/netfilter',
    ],
  },
  {
    who: 'packages/operations',
    ours: [
      'packages/contract',
      'packages/cloudstack',
      'packages/data-plane',
      'packages/router',
      'packages/lab',
      'packages/inspection',
    ],
    typesOnly: ['packages/inspection'],
    inTests: ['packages/haproxy'],
  },
  { who: 'apps/cli', ours: ['packages/*', 'apps/*', 'tools/codegen'] },
  { who: 'apps/*', ours: ['packages/*'] },
  { who: 'tools/codegen', ours: ['packages/model'] },
  { who: 'tools/bench', ours: ['packages/*', 'apps/*', 'tools/packaging'] },
  { who: 'tools/packaging', ours: ['apps/inspector'], inTests: ['apps/cli', 'packages/cloudstack', 'packages/lab'] },
  { who: 'tools/setup', ours: ['packages/lab'] },
  { who: 'tools/mutation', ours: ['packages/*', 'apps/*'] },
  { who: 'tools/architecture', ours: [] },
];

/** The layer of a workspace, by folder; undefined when the table does not know it. */
export function layerOf(folder: string): Layer | undefined {
  return layers.find(({ who }) => names(who, folder));
}

/** True when `pattern` (a folder, or `apps/*`) names `folder`. */
export function names(pattern: string, folder: string): boolean {
  return pattern.endsWith('/*') ? folder.startsWith(pattern.slice(0, -1)) : folder === pattern;
}

/** The table in Markdown. */
export function layersTable(): string {
  const rows = layers.map(({ who, ours, typesOnly, theirs, inTests }) => {
    const list = [
      ...ours.map((folder) => (typesOnly?.includes(folder) ? `${folder} (types)` : folder)),
      ...(theirs ?? []),
    ];
    return `| ${who} | ${list.join(', ') || 'nothing of ours'} | ${inTests?.join(', ') ?? ''} |`;
  });
  return ['| who | may import | and in its tests |', '|---|---|---|', ...rows].join('\n');
}
