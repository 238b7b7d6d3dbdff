import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { inBox } from '@limpet/lab';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type Reporter, type TestSpecification } from 'vitest/node';
import { slowestFiles } from './tools/setup/src/slowest-files.ts';

/**
 * Test files in processes of their own, and hundreds of programs that tests start, are in TypeScript: to strip the types
 * takes Node longer than most of them run.
 */
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('node_modules/.cache/node', import.meta.url));

const everywhere = '{packages,apps,tools}/*/src/**/*.test.ts';
const onRealRouters = '{packages,apps,tools}/*/src/**/*.real.test.ts';
/** In Debian's Chromium, which `npm test` installs. */
const inBrowsers = '{packages,apps,tools}/*/src/**/*.browser.test.ts';
/** Suites that take minutes; on a person's machine `npx limpet conform` plays them. */
const onlyInCi = 'packages/conformance/src/run/conform.{transitions,interactions,pairs,changes}.real.test.ts';

/** Ends what hangs. A machine that does other work may be many times slower, and its tests are still right. */
const hangs = { testTimeout: 600_000, hookTimeout: 600_000, expect: { poll: { timeout: 120_000 } } };
/**
 * Test files of one worker share the modules that they import: to import them anew, in a new process, takes longer than
 * most files' tests.
 */
const shared = { isolate: false };
/**
 * Not so where the checker explores: what it reserves for its states adds up, and Linux starts no program from a
 * process that has reserved more than the machine has (`spawn ENOMEM`).
 */
const explores = '{packages/{checker,state-space},apps/cli/src/commands,tools/{bench,mutation}}/**/*.test.ts';
const exploresOnRealRouters = '{packages/state-space,apps/cli/src/commands}/**/*.real.test.ts';
/**
 * Node imports our sources as it does for users. Where vitest does, each use of an imported function asks a getter: tests
 * that explore or play for long take a third more processor time. A watch and `--changed` have to know which tests import a
 * source that has changed, so vitest imports them there.
 */
const followsImports = !process.argv.includes('run') || process.argv.includes('--changed');
const native = followsImports
  ? {}
  : { server: { deps: { external: [/\/(packages|apps|tools)\/[^/]+\/src\/(?!.*\.test\.ts$).*\.ts$/] } } };
/** These replace modules (`vi.mock`), which vitest can only where it imports them, and not for other files. */
const replaces = 'packages/router/src/haproxy/transcripts.test.ts';

const unit = {
  test: {
    name: 'unit',
    include: [everywhere],
    exclude: [onRealRouters, inBrowsers, explores, replaces],
    // One for each of the cores that a continuous integration has at least; vitest would leave one of two idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    ...hangs,
    ...shared,
    ...native,
  },
};

const unitExploring = {
  test: {
    ...unit.test,
    name: 'unit-exploring',
    include: [explores],
    exclude: [onRealRouters, inBrowsers],
    isolate: true,
  },
};

const unitReplacing = {
  // Else it shares the server of the other projects, and what that server says of a module.
  extends: false as const,
  test: { ...unit.test, name: 'unit-replacing', include: [replaces], exclude: [], isolate: true, server: {} },
};

const notHere = process.env.CI === 'true' ? [] : [onlyInCi];
const real = {
  test: {
    name: 'real',
    include: [onRealRouters],
    exclude: [...notHere, exploresOnRealRouters, 'tools/packaging/**'],
    // More than there are cores: these tests wait for HAProxy's own timers and for processes most of the time. With six on
    // two cores HAProxy found members down that were only slow.
    maxWorkers: Math.max(4, availableParallelism()),
    // After the unit tests, which never wait.
    sequence: { groupOrder: 1 },
    ...hangs,
    ...shared,
    ...native,
  },
};

const browser = {
  test: {
    name: 'browser',
    include: [inBrowsers],
    // A browser is several processes, and each file has its own.
    maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
    sequence: { groupOrder: 2 },
    ...hangs,
  },
};
/** With CI=true a machine without Chromium fails. */
const hasBrowser = process.env.CI === 'true' || existsSync('/usr/bin/chromium');

/** Of these each takes all of a machine, for a minute or so: beside others, both would find slowness and no fault. */
const loads = [
  'apps/cli/src/commands/agent/{soak,hostile,killed,databag,takeover}.real.test.ts',
  'tools/packaging/**/*.real.test.ts',
];

const realExploring = {
  test: {
    ...real.test,
    name: 'real-exploring',
    include: [exploresOnRealRouters],
    exclude: [...notHere, ...loads],
    isolate: true,
  },
};

const realLoaded = {
  test: {
    ...real.test,
    name: 'real-loaded',
    include: loads,
    exclude: notHere,
    maxWorkers: 1,
    sequence: { groupOrder: 3 },
    isolate: true,
  },
};

/** Files that take longest begin first, so that no worker is left with one of them when the others have ended. */
const longest = [
  /conformance\/src\/run\/conform\.transitions/,
  /(rules|verdicts|pair|faults|drift|haproxy|killed|policies)\.real/,
  /conformance\/src\/(run|mutants|changes)/,
  /mutation\/src\/model\/sample/,
  /render\.property/,
  /refusals\.test/,
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((pattern) => pattern.test(moduleId));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

const sayWhatIsNotRun: Reporter = {
  onTestRunEnd() {
    // Set by `npm test` when this machine cannot make a box.
    const reason = process.env.LIMPET_BOX_OBSTACLE ?? 'not in a box; npm test [FILTER] runs them';
    console.error(`\n NOT RUN: project "real", the tests on a real HAProxy: ${reason}\n`);
  },
};

const sayWhichViewsAreNotRun: Reporter = {
  onTestRunEnd() {
    console.error(
      '\n NOT RUN: project "browser", the views of the inspector: no /usr/bin/chromium; install chromium\n',
    );
  },
};

const saySlowestFiles: Reporter = {
  onTestRunEnd(files) {
    process.stdout.write(slowestFiles(files));
  },
};

// Ahead of the default reporter, so that its summary is what a run ends with.
const reporters = [
  saySlowestFiles,
  ...(inBox() ? [] : [sayWhatIsNotRun]),
  ...(hasBrowser ? [] : [sayWhichViewsAreNotRun]),
  'default',
];

export default defineConfig({
  test: {
    projects: [
      unit,
      unitExploring,
      unitReplacing,
      ...(inBox() ? [real, realExploring, realLoaded] : []),
      ...(hasBrowser ? [browser] : []),
    ],
    sequence: { sequencer: LongestFirst },
    reporters,
  },
});
