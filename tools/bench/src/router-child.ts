/**
 * One run of the router benchmark, in a process of its own: its options come as an argument, what it measured goes to
 * the parent as a message.
 *
 * @module
 */
import { measure, type RunOptions } from './router-run.ts';

const options = JSON.parse(process.argv[2]!) as RunOptions;
const measured = await measure(options);
process.send!(measured, () => process.disconnect());
