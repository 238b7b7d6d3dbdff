#!/usr/bin/env node
/** `box COMMAND [ARG...]`: runs a command in a box. */
import { runInBox } from '../box/run-in-box.ts';
import { LabError } from '../errors.ts';

const argv = process.argv.slice(2);
if (argv.length === 0) {
  process.stderr.write('usage: box COMMAND [ARG...]\n');
  process.exitCode = 1;
} else {
  try {
    process.exitCode = await runInBox(argv);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    process.stderr.write(`${error.code}: ${error.message}\n`);
    process.exitCode = 1;
  }
}
