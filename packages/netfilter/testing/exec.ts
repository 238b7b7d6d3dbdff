import { execFile } from 'node:child_process';
import type { Exec } from '../src/iptables.ts';

/** Runs a real program. */
export const exec: Exec = (file, args, options) =>
  new Promise((resolve, reject) => {
    const child = execFile(file, args, (error, stdout, stderr) => {
      if (error && typeof error.code === 'string') return reject(error);
      resolve({ code: child.exitCode ?? 1, stdout, stderr });
    });
    child.stdin?.end(options?.input);
  });
