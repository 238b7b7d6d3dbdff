/**
 * A copy of the repository in which one mutant at a time is played on by `conform-once.ts`.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './results.ts';
import { type Candidate, mutated } from './sample.ts';

/** What became of the mutant, and in which time. */
export interface Verdict {
  readonly status: Mutant['status'];
  readonly ms: number;
}

/** A mutant that takes so long does not end; it is the processor's time, so that a busy machine does not decide. */
const MOST_CPU_SECONDS = 120;

/** A copy of the repository. */
export class Sandbox {
  readonly #root: string;
  readonly #dir: string;

  /** Copies the sources. The packages of others are linked, and our own found in the copy. */
  constructor(root: string, name: string) {
    this.#root = root;
    this.#dir = join(root, '.stryker-tmp', name);
    rmSync(this.#dir, { recursive: true, force: true });
    mkdirSync(join(this.#dir, 'node_modules'), { recursive: true });
    for (const folder of ['packages', 'tools', 'package.json'])
      cpSync(join(root, folder), join(this.#dir, folder), {
        recursive: true,
        filter: (path) => !path.endsWith('/.turbo'),
      });
    for (const entry of readdirSync(join(root, 'node_modules'))) {
      const [from, to] = [join(root, 'node_modules', entry), join(this.#dir, 'node_modules', entry)];
      if (entry === '@limpet') cpSync(from, to, { recursive: true, verbatimSymlinks: true });
      else symlinkSync(from, to);
    }
  }

  /** Plays all suites with this mutant; without one, as they are. */
  async play(candidate?: Candidate): Promise<Verdict> {
    if (candidate === undefined) return this.#run();
    const path = join(this.#dir, candidate.file);
    const source = readFileSync(join(this.#root, candidate.file), 'utf8');
    writeFileSync(path, mutated(source, candidate.mutant));
    try {
      return await this.#run();
    } finally {
      writeFileSync(path, source);
    }
  }

  /** Removes the copy. */
  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #run(): Promise<Verdict> {
    const begin = performance.now();
    const command = [`--cpu=${MOST_CPU_SECONDS}`, process.execPath, 'tools/mutation/src/conform-once.ts'];
    const child = spawn('prlimit', command, { cwd: this.#dir, stdio: 'ignore' });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        const status = code === null ? 'Timeout' : code === 0 ? 'Survived' : 'Killed';
        resolve({ status, ms: performance.now() - begin });
      });
    });
  }
}
