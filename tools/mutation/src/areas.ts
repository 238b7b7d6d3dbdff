/** Files that are mutated in one run of Stryker, so that a run ends in minutes. Paths are from the root of the repository. */
export interface Area {
  name: string;
  /** Patterns, `!` for what is left out; no braces, since Stryker's CLI splits at commas. */
  mutate: readonly string[];
  /** The tests that have to notice: pure and fast. What only a test of the whole router notices counts as survived. */
  tests: readonly string[];
}

/** Files of which a sample of mutants is played by `limpet conform` alone, without any other test. */
export interface SampledArea {
  name: string;
  /** Patterns of files; `*.test.ts` is left out. */
  mutate: readonly string[];
  sample: Sampling;
}

/** Which mutants are tried, and how many have to be killed. */
export interface Sampling {
  seed: number;
  size: number;
  /** Least share of the killed ones among those that are not equivalent, from 0 to 1. */
  least: number;
}

const router = 'packages/router/src/haproxy';
const haproxy = 'packages/haproxy/src';
const netfilter = 'packages/netfilter/src';
const model = 'packages/model/src';

const named = (folder: string, end: string, names: string): string[] =>
  names.split(' ').map((name) => `${folder}/${name}${end}`);

/** All areas, in the order in which docs/mutation.md shows them. */
export const areas: readonly Area[] = [
  {
    name: 'router',
    mutate: [
      ...named(`${router}/plan`, '.ts', 'plan field-changes'),
      ...named(`${router}/config`, '.ts', 'render listen-section stickiness server-options proxy-spec'),
      ...named(`${router}/admission`, '.ts', 'validate-rule validate-stickiness'),
      `${router}/firewall/chain-rules.ts`,
    ],
    tests: [
      ...named(`${router}/plan`, '.test.ts', 'plan field-changes'),
      ...named(`${router}/config`, '.test.ts', 'render listen-section proxy-spec'),
      `${router}/admission/validate-rule.test.ts`,
      `${router}/firewall/chain-rules.test.ts`,
    ],
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
    mutate: named(netfilter, '.ts', 'parse-save render-save diff managed-chain'),
    tests: [`${netfilter}/ruleset.test.ts`],
  },
  {
    name: 'statecharts',
    mutate: [`${model}/statecharts/*.machine.ts`, `${model}/statecharts/freshness.ts`, `${model}/system/link.ts`],
    tests: [
      ...named(`${model}/statecharts`, '.test.ts', 'edges ends group.machine rule.machine machines'),
      ...named(`${model}/system`, '.test.ts', 'link system'),
    ],
  },
];

/** What path tests alone notice in the router, from the plan of a change to its end. */
export const conformArea: SampledArea = {
  name: 'router-by-conform',
  mutate: [
    ...['plan', 'apply', 'verify', 'firewall', 'drain'].map((folder) => `${router}/${folder}/*.ts`),
    'packages/router/src/drain-rules.ts',
  ],
  sample: { seed: 1, size: 200, least: 0.8 },
};
