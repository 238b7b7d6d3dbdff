/** Opens a lab with a daemon in its router, prints `ready`, and never closes it. */
import { openLab } from '../src/lab.ts';

await openLab({ publicIps: ['203.0.113.1'] });
process.stdout.write('ready\n');
