// What `npm test` runs after set-up: types and lint, then every test. All tests run in one box (packages/lab), so that
// whatever they start ends with it, also when it is killed.

import { checkBoxSupport, LabError, runInBox } from '@limpet/lab';
import { exec, foreground } from './exec.js';

const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)];

process.exitCode = (await typesAndLint()) || (await tests());

async function typesAndLint(): Promise<number> {
  const turbo = [
    'node_modules/turbo/bin/turbo',
    'run',
    'typecheck',
    '//#lint',
    '--continue',
    '--output-logs=errors-only',
  ];
  // Turbo starts each task through npm, which would add five lines to every failure.
  const quiet = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', npm_config_loglevel: 'silent' };
  const env = { ...process.env, ...quiet };
  const { code, output } = await exec(process.execPath, turbo, { env });
  console.error(code === 0 ? 'types and lint: no findings' : output);
  return code;
}

async function tests(): Promise<number> {
  const obstacle = await boxObstacle();
  if (obstacle === undefined) return runInBox([process.execPath, ...vitest]);
  const code = await foreground(process.execPath, vitest, { env: { ...process.env, LIMPET_BOX_OBSTACLE: obstacle } });
  if (process.env.CI !== 'true') return code;
  console.error(`FAILED: with CI=true all tests must run, and those on a real HAProxy could not: ${obstacle}`);
  return 1;
}

async function boxObstacle(): Promise<string | undefined> {
  try {
    await checkBoxSupport();
  } catch (error) {
    if (error instanceof LabError) return error.message;
    throw error;
  }
}
