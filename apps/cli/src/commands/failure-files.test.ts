import type { FailureReport } from '@limpet/conformance';
import { expect, it } from 'vitest';
import { writeFailureFiles } from './failure-files.ts';

it('says what could not be written, and with what remedy, and throws nothing', () => {
  const failure = { replay: {} } as FailureReport;
  const { names, troubles } = writeFailureFiles([failure], '/proc/self/no-such-folder');
  expect(names.size).toBe(0);
  expect(troubles).toEqual([
    expect.stringMatching(/not written .*; run this again in a folder that you may write to$/),
  ]);
});
