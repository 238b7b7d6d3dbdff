/** Files that are mutated in one run of Stryker, so that a run ends in minutes. Paths are from the root of the repository. */
export interface Area {
  name: string;
  /** Patterns, `!` for what is left out; no braces, since Stryker's CLI splits at commas. */
  mutate: readonly string[];
  /** The tests that have to notice: pure and fast. What only a test of the whole router notices counts as survived. */
  tests: readonly string[];
}

const router = 'packages/router/src/haproxy';
const haproxy = 'packages/haproxy/src';
const netfilter = 'packages/netfilter/src';
const model = 'packages/model/src';

const named = (folder: string, end: string, names: string): string[] =>
  names.split(' ').map((name) => `${folder}/${name}${end}`);

export const areas: readonly Area[] = [
  {
    name: 'router',
    mutate: [
      ...named(router, '.ts', 'plan render rule-lines stickiness-lines server-options lint lint-stickiness layout'),
      ...named(router, '.ts', 'accept-chain field-changes'),
    ],
    tests: named(router, '.test.ts', 'plan render lines lint layout field-changes accept-chain'),
  },
  {
    name: 'haproxy-config',
    mutate: [`${haproxy}/config/**/*.ts`, `!${haproxy}/config/**/*.test.ts`],
    tests: named(
      `${haproxy}/config`,
      '.test.ts',
      'config statement tokenize units keywords refusals round-trip written',
    ),
  },
  {
    name: 'haproxy-readers',
    mutate: [`${haproxy}/readers/*.ts`, `!${haproxy}/readers/*.test.ts`],
    tests: [`${haproxy}/readers/*.test.ts`],
  },
  {
    name: 'netfilter',
    mutate: named(netfilter, '.ts', 'parse-save render-save diff own-chain'),
    tests: [`${netfilter}/ruleset.test.ts`],
  },
  {
    name: 'model',
    mutate: [`${model}/*.machine.ts`, `${model}/freshness.ts`, `${model}/link.ts`],
    tests: named(model, '.test.ts', 'edges ends link group.machine rule.machine machines system'),
  },
];
