import { availableParallelism } from 'node:os';
import { explore } from '@limpet/checker';
import { type CheckModelOptions, checkModelSource } from '@limpet/state-space';
import { compare, type Measured } from './measured.ts';
import { runSpin } from './spin.ts';
import { runXstateGraph } from './xstate-graph.ts';

async function runLimpet(options: CheckModelOptions, threads: number): Promise<Measured> {
  const { states, transitions, seconds, bytesPerState } = await explore(checkModelSource(options), { threads });
  return {
    program: `Limpet, ${threads} thread${threads === 1 ? '' : 's'}`,
    states,
    transitions,
    seconds,
    bytesPerState,
  };
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Limpet's checker, SPIN and `xstate/graph` on the same models, in one run; ratios, since machines differ. */
export async function benchChecker(): Promise<string> {
  const small = { groups: 2, members: 1, symmetry: true };
  const large = { groups: 2, members: 2, symmetry: true };
  const largest = { groups: 3, members: 2, symmetry: true };
  say('2 x 1: xstate/graph takes a while');
  const first = compare('2 groups of 1', [
    await runLimpet(small, 1),
    ...(await runSpin(small, say)),
    runXstateGraph(small),
  ]);
  say('2 x 2');
  const second = compare('2 groups of 2', [
    await runLimpet(large, 2),
    await runLimpet(large, 1),
    ...(await runSpin(large, say)),
  ]);
  say('3 x 2');
  const third = compare('3 groups of 2', [await runLimpet(largest, 2), await runLimpet(largest, 1)]);
  return `${availableParallelism()} cores, up to symmetry; the search alone is timed\n\n${first}\n${second}\n${third}`;
}
