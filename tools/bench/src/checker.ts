import { availableParallelism } from 'node:os';
import { type Exploration, explore } from '@limpet/checker';
import {
  type CheckModelOptions,
  checkModelSource,
  createCompositionModel,
  promelaOfCells,
  promelaOfSystem,
} from '@limpet/state-space';
import { compare, type Measured } from './measured.ts';
import { runSpin } from './spin.ts';
import { runXstateGraph } from './xstate-graph.ts';

function measured({ threads, states, transitions, seconds, bytesPerState }: Exploration): Measured {
  const program = `Limpet, ${threads} thread${threads === 1 ? '' : 's'}`;
  return { program, states, transitions, seconds, bytesPerState };
}

async function runLimpet(options: CheckModelOptions, threads: number): Promise<Measured> {
  return measured(await explore(checkModelSource(options), { threads }));
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * The composition of one group, event by event: here as it is, and with SPIN as its second writing, which keeps no copies of the rule and
 * tells members apart. While the model holds, the copies are what the rest of a state says, and the counts are the same.
 */
async function compareComposition(members: number): Promise<string> {
  say(`the composition, 1 x ${members}`);
  return compare(`the composition of 1 group of ${members}, members told apart`, [
    measured(await explore(createCompositionModel({ members, symmetry: false }))),
    ...(await runSpin(promelaOfSystem({ members }), say)),
  ]);
}

/** Limpet's checker, SPIN and `xstate/graph` on the same models, in one run; ratios, since machines differ. */
export async function benchChecker(): Promise<string> {
  const small = { groups: 2, members: 1, symmetry: true };
  const large = { groups: 2, members: 2, symmetry: true };
  const largest = { groups: 3, members: 2, symmetry: true };
  say('2 x 1: xstate/graph takes a while');
  const first = compare('2 groups of 1', [
    await runLimpet(small, 1),
    ...(await runSpin(promelaOfCells(small), say)),
    runXstateGraph(small),
  ]);
  say('2 x 2');
  const second = compare('2 groups of 2', [
    await runLimpet(large, 2),
    await runLimpet(large, 1),
    ...(await runSpin(promelaOfCells(large), say)),
  ]);
  say('3 x 2');
  const third = compare('3 groups of 2', [await runLimpet(largest, 2), await runLimpet(largest, 1)]);
  const compositions = `${await compareComposition(1)}\n${await compareComposition(2)}`;
  return `${availableParallelism()} cores, up to symmetry; the search alone is timed\n\n${first}\n${second}\n${third}\n${compositions}`;
}
