import { createProgram } from './command-line/program.ts';
import { start } from './start.ts';

start(createProgram);
