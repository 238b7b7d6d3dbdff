import { inBox } from '@limpet/lab';
import { defineConfig } from 'vitest/config';
import type { Reporter } from 'vitest/node';
import { slowestFiles } from './tools/setup/src/slowest-files.ts';

const everywhere = '{packages,apps,tools}/*/src/**/*.test.ts';
const onRealRouters = '{packages,apps,tools}/*/src/**/*.real.test.ts';

const unit = {
  test: { name: 'unit', include: [everywhere], exclude: [onRealRouters], testTimeout: 20_000 },
};

const real = {
  test: {
    name: 'real',
    include: [onRealRouters],
    maxWorkers: 2,
    // After the unit tests: both at once on two cores would only slow each other down.
    sequence: { groupOrder: 1 },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // How long an event is awaited, not how long it may take: a machine that does other work is slow, and right.
    expect: { poll: { timeout: 15_000 } },
  },
};

const sayWhatIsNotRun: Reporter = {
  onTestRunEnd() {
    // Set by `npm test` when this machine cannot make a box.
    const reason = process.env.LIMPET_BOX_OBSTACLE ?? 'not in a box; npm test [FILTER] runs them';
    console.error(`\n NOT RUN: project "real", the tests on a real HAProxy: ${reason}\n`);
  },
};

const saySlowestFiles: Reporter = {
  onTestRunEnd(files) {
    process.stdout.write(slowestFiles(files));
  },
};

// Ahead of the default reporter, so that its summary is what a run ends with.
const reporters = [saySlowestFiles, ...(inBox() ? [] : [sayWhatIsNotRun]), 'default'];

export default defineConfig({ test: { projects: inBox() ? [unit, real] : [unit], reporters } });
